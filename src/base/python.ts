/** Which Python is meant where nothing names one. */

/** `MIXNAS_PYTHON`, else `python3`. */
export const defaultPython = (): string => process.env['MIXNAS_PYTHON'] || 'python3';
