using Distribution.Contracts.Files;

namespace Distribution.Dashboard.Api;

/// <param name="ByOperator">False: its publisher unpublished it.</param>
/// <param name="Reason">The operator's; null where its publisher did it.</param>
/// <param name="At">UTC; null: of a file that was unpublished before this was written down.</param>
/// <param name="CanBeUndone">Now.</param>
internal sealed record TakedownResource(
    string FileId,
    string PublisherId,
    string Title,
    bool ByOperator,
    string? Reason,
    DateTimeOffset? At,
    bool CanBeUndone
)
{
    public static TakedownResource Of(PublishedFile file, DateTimeOffset now) =>
        new(
            file.Id,
            file.PublisherId,
            file.Title,
            file.IsTakenDown,
            file.TakedownReason,
            file.UnpublishedAt,
            file.CanRestore(now)
        );
}
