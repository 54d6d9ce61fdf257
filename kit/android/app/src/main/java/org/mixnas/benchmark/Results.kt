package org.mixnas.benchmark

import java.io.File
import java.util.Locale

/** One measured model. */
data class Result(
    val model: String,
    val unit: String,
    val threads: Int,
    val runs: Int,
    val ms: Double,
    val deviationMs: Double,
    val thermalStatus: Int,
)

/**
 * The file of results: a line as soon as a model is measured, so that what is there is not measured again.
 * `mixnas profile tune --kit` reads it.
 */
class Results(private val file: File) {
    private val header = "model,unit,threads,runs,ms,deviation_ms,thermal_status"

    init {
        if (!file.exists()) file.writeText("$header\n")
    }

    /** Names of the models that were measured with these settings. */
    fun measured(unit: String, threads: Int): Set<String> =
        file.readLines()
            .drop(1)
            .map { it.split(',') }
            .filter { it.size == header.split(',').size && it[1] == unit && it[2] == threads.toString() }
            .map { it[0] }
            .toSet()

    fun append(result: Result) {
        // A comma is never a decimal sign here, whatever the language of the phone.
        val line = String.format(
            Locale.ROOT,
            "%s,%s,%d,%d,%.6f,%.6f,%d",
            result.model,
            result.unit,
            result.threads,
            result.runs,
            result.ms,
            result.deviationMs,
            result.thermalStatus,
        )
        file.appendText("$line\n")
    }
}
