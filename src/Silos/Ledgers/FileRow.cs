namespace Distribution.Silos.Ledgers;

/// <param name="SizeBytes">Null: bytes were sent before the file was known.</param>
/// <param name="Completed">Downloads finished.</param>
/// <param name="PublisherId">Null: see <paramref name="SizeBytes"/>.</param>
/// <param name="Low">What its low bound stands on.</param>
internal readonly record struct FileRow(
    long Key,
    long? SizeBytes,
    long Completed,
    string? PublisherId = null,
    FileLow Low = default
);
