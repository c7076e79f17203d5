namespace Distribution.Contracts.Costs;

/// <summary>What a region sent in the hours of a span, up to the end of the range.</summary>
/// <param name="Region">Its name, for the lines.</param>
/// <param name="BytesPerGigabyte">10^9 or 2^30, as the contract says.</param>
/// <param name="HourBytes">Hours with traffic, from the span's start to the range's end, oldest first.</param>
/// <param name="HoursBefore">How many of them lie before the range.</param>
public sealed record SpanTraffic(
    string Region,
    long BytesPerGigabyte,
    IReadOnlyList<decimal> HourBytes,
    int HoursBefore
)
{
    /// <summary>Of the month, before the range.</summary>
    public decimal GigabytesBefore { get; } = HourBytes.Take(HoursBefore).Sum() / BytesPerGigabyte;

    /// <summary>Of the month, up to the range's end.</summary>
    public decimal GigabytesAfter { get; } = HourBytes.Sum() / BytesPerGigabyte;

    public BillUnit Gigabytes => BillUnits.GigabyteOf(BytesPerGigabyte);
}
