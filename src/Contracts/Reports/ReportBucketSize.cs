namespace Distribution.Contracts.Reports;

public enum ReportBucketSize
{
    Hour,
    Day,
}
