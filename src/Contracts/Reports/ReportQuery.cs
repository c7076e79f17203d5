namespace Distribution.Contracts.Reports;

/// <param name="FileId">Null: all files of the publisher.</param>
/// <param name="Collection">The name of a group of files; null: see <paramref name="FileId"/>.</param>
/// <param name="From">Inclusive; taken down to the hour.</param>
/// <param name="To">Exclusive; taken up to the hour.</param>
/// <param name="OtherContract">JSON of a contract under which the same range is priced too; null: none. It must be valid.</param>
[GenerateSerializer, Immutable]
public sealed record ReportQuery(
    string PublisherId,
    string? FileId,
    DateTimeOffset From,
    DateTimeOffset To,
    ReportBucketSize Bucket,
    string? OtherContract = null,
    string? Collection = null
);
