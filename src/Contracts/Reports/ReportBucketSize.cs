namespace Distribution.Contracts.Reports;

public enum ReportBucketSize
{
    Hour,
    Day,

    /// <summary>A calendar month, UTC.</summary>
    Month,
}
