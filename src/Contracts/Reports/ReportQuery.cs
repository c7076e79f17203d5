namespace Distribution.Contracts.Reports;

/// <param name="FileId">Null: all files of the publisher.</param>
/// <param name="From">Inclusive; taken down to the hour.</param>
/// <param name="To">Exclusive; taken up to the hour.</param>
[GenerateSerializer, Immutable]
public sealed record ReportQuery(
    string PublisherId,
    string? FileId,
    DateTimeOffset From,
    DateTimeOffset To,
    ReportBucketSize Bucket
);
