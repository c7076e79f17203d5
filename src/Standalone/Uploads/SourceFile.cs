namespace Distribution.Standalone.Uploads;

/// <summary>A file to upload, as it was when the command began: another size or time means another file.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">Its own name; in a folder its path below that, joined by '/'.</param>
internal sealed record SourceFile(string Path, string Name, long SizeBytes, DateTime ModifiedAtUtc);
