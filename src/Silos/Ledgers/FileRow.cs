namespace Distribution.Silos.Ledgers;

/// <param name="SizeBytes">Null: bytes were sent before the file was known.</param>
/// <param name="Completed">Downloads finished.</param>
internal readonly record struct FileRow(long Key, long? SizeBytes, long Completed);
