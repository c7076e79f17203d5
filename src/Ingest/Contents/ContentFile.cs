namespace Distribution.Ingest.Contents;

/// <summary>One file of a folder.</summary>
/// <param name="Path">Below the folder's name, elements joined by '/'; each element passed <c>FileNames</c>.</param>
/// <param name="SizeBytes">May be 0.</param>
public sealed record ContentFile(string Path, long SizeBytes);
