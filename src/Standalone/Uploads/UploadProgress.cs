namespace Distribution.Standalone.Uploads;

/// <summary>Hears how an upload goes.</summary>
/// <param name="Moved">Bytes from the file's start that are on the way or there; goes back after a loss.</param>
/// <param name="Told">A line for people: a loss, a resumption.</param>
internal sealed record UploadProgress(Action<long> Moved, Action<string> Told);
