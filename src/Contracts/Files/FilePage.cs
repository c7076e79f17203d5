namespace Distribution.Contracts.Files;

/// <param name="Files">Newest first.</param>
/// <param name="NextCursor">Null on the last page.</param>
[GenerateSerializer, Immutable]
public sealed record FilePage(IReadOnlyList<PublishedFile> Files, string? NextCursor);
