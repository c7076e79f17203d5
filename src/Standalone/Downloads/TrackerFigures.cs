namespace Distribution.Standalone.Downloads;

/// <summary>What an announce says of this viewer, in bytes (BEP 3).</summary>
internal readonly record struct TrackerFigures(long DownloadedBytes, long LeftBytes, long UploadedBytes);
