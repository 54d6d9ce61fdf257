package org.mixnas.benchmark

import android.app.Activity
import android.content.Context
import android.os.Build
import android.os.Bundle
import android.os.PowerManager
import android.view.WindowManager
import android.widget.Button
import android.widget.EditText
import android.widget.ProgressBar
import android.widget.Spinner
import android.widget.TextView
import java.io.File
import kotlin.concurrent.thread

/** Measures all models of the kit, one after the other, and writes results.csv. Needs no permission and no camera. */
class MainActivity : Activity() {
    private lateinit var log: TextView
    private lateinit var button: Button
    private lateinit var progress: ProgressBar

    @Volatile
    private var running = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_main)
        // The clocks of a phone go down when its screen goes dark.
        window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
        log = findViewById(R.id.log)
        button = findViewById(R.id.measure)
        progress = findViewById(R.id.progress)
        button.setOnClickListener { if (running) running = false else start() }
    }

    override fun onDestroy() {
        running = false
        super.onDestroy()
    }

    private fun start() {
        val unit = findViewById<Spinner>(R.id.unit).selectedItem as String
        val threads = findViewById<EditText>(R.id.threads).text.toString().toIntOrNull()?.coerceIn(1, 16) ?: 1
        running = true
        button.setText(R.string.stop)
        thread(name = "benchmark") {
            measure(unit, threads)
            running = false
            runOnUiThread { button.setText(R.string.measure) }
        }
    }

    private fun measure(unit: String, threads: Int) {
        val file = File(getExternalFilesDir(null), "results.csv")
        val results = Results(file)
        val benchmark = Benchmark(assets)
        val models = benchmark.models()
        val known = results.measured(unit, threads)
        say("${models.size} models, ${known.size} measured on $unit before; results in $file")
        models.forEachIndexed { number, asset ->
            if (!running) return
            val model = asset.removeSuffix(".tflite")
            runOnUiThread {
                progress.max = models.size
                progress.progress = number + 1
            }
            if (model !in known) measureOne(benchmark, results, asset, unit, threads)
        }
        say("Done. Copy results.csv into the folder results of the kit.")
    }

    private fun measureOne(benchmark: Benchmark, results: Results, asset: String, unit: String, threads: Int) {
        val model = asset.removeSuffix(".tflite")
        try {
            for (attempt in 0..MOST_REPEATS) {
                waitUntilCool()
                if (!running) return
                val times = benchmark.measure(asset, unit, threads)
                val status = thermalStatus()
                if (status > 0 && attempt < MOST_REPEATS) {
                    say("$model: too hot after it ran, measured again")
                    continue
                }
                results.append(
                    Result(model, unit, threads, times.runs, times.medianMs, times.deviationMs, status),
                )
                say("$model: %.3f ms".format(times.medianMs))
                return
            }
        } catch (error: Exception) {
            say("$model: does not run on $unit: ${error.message}")
        }
    }

    /** Android's thermal status, 0 where nothing is throttled; phones before Android 10 have none. */
    private fun thermalStatus(): Int {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) return 0
        return (getSystemService(Context.POWER_SERVICE) as PowerManager).currentThermalStatus
    }

    private fun waitUntilCool() {
        var said = false
        while (running && thermalStatus() > 0) {
            if (!said) say("The phone is too hot: waiting.")
            said = true
            Thread.sleep(POLL_MS)
        }
    }

    private fun say(text: String) = runOnUiThread { log.append("$text\n") }

    private companion object {
        const val MOST_REPEATS = 3
        const val POLL_MS = 5000L
    }
}
