package org.mixnas.benchmark

import android.content.res.AssetManager
import org.tensorflow.lite.DataType
import org.tensorflow.lite.Delegate
import org.tensorflow.lite.Interpreter
import org.tensorflow.lite.Tensor
import org.tensorflow.lite.gpu.GpuDelegate
import org.tensorflow.lite.nnapi.NnApiDelegate
import java.io.FileInputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.MappedByteBuffer
import java.nio.channels.FileChannel
import kotlin.math.sqrt
import kotlin.random.Random

/** Times of one model in ms. */
data class Times(val runs: Int, val medianMs: Double, val deviationMs: Double)

/** Runs a model of the assets on the CPU, by the GPU delegate, or by NNAPI. */
class Benchmark(private val assets: AssetManager) {
    /** Every model of the kit. */
    fun models(): List<String> =
        (assets.list("") ?: emptyArray()).filter { it.endsWith(".tflite") }.sorted()

    fun measure(model: String, unit: String, threads: Int): Times {
        val delegate = delegateOf(unit)
        try {
            val options = Interpreter.Options()
            options.setNumThreads(threads)
            options.setUseXNNPACK(unit == "cpu")
            if (delegate != null) options.addDelegate(delegate)
            Interpreter(mapped(model), options).use { return time(it) }
        } finally {
            (delegate as? AutoCloseable)?.close()
        }
    }

    private fun delegateOf(unit: String): Delegate? =
        when (unit) {
            "gpu" -> GpuDelegate()
            "nnapi" -> NnApiDelegate()
            else -> null
        }

    private fun mapped(model: String): MappedByteBuffer =
        assets.openFd(model).use { file ->
            FileInputStream(file.fileDescriptor).channel.use {
                it.map(FileChannel.MapMode.READ_ONLY, file.startOffset, file.declaredLength)
            }
        }

    private fun time(interpreter: Interpreter): Times {
        val input = noise(interpreter.getInputTensor(0))
        val output = buffer(interpreter.getOutputTensor(0).numBytes())
        val run = {
            input.rewind()
            output.rewind()
            val begin = System.nanoTime()
            interpreter.run(input, output)
            (System.nanoTime() - begin) / 1e6
        }
        warmUp(run)
        val times = ArrayList<Double>()
        val end = System.nanoTime() + TIMED_NANOSECONDS
        while (times.size < LEAST_RUNS || (System.nanoTime() < end && times.size < MOST_RUNS)) times.add(run())
        val sorted = times.sorted()
        val median = (sorted[(sorted.size - 1) / 2] + sorted[sorted.size / 2]) / 2
        val mean = times.average()
        val deviation = sqrt(times.sumOf { (it - mean) * (it - mean) } / times.size)
        return Times(times.size, median, deviation)
    }

    /** Random numbers in what the model reads: 32-bit floats, or 8-bit integers. */
    private fun noise(tensor: Tensor): ByteBuffer {
        val input = buffer(tensor.numBytes())
        val random = Random(1)
        if (tensor.dataType() == DataType.FLOAT32) {
            while (input.hasRemaining()) input.putFloat(random.nextFloat() - 0.5f)
        } else {
            while (input.hasRemaining()) input.put(random.nextBytes(1))
        }
        return input
    }

    /** Clocks go up, and delegates compile, in the first runs. */
    private fun warmUp(run: () -> Double) {
        val end = System.nanoTime() + WARM_UP_NANOSECONDS
        var runs = 0
        while (runs < WARM_UP_RUNS || System.nanoTime() < end) {
            run()
            runs++
        }
    }

    private fun buffer(bytes: Int): ByteBuffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder())

    private companion object {
        const val WARM_UP_RUNS = 3
        const val WARM_UP_NANOSECONDS = 700_000_000L
        const val LEAST_RUNS = 20
        const val MOST_RUNS = 2000
        const val TIMED_NANOSECONDS = 2_000_000_000L
    }
}
