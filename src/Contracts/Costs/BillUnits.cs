namespace Distribution.Contracts.Costs;

/// <summary>The two gigabytes that contracts mean.</summary>
public static class BillUnits
{
    public const long DecimalGigabyte = 1_000_000_000;
    public const long BinaryGigabyte = 1L << 30;

    public static BillUnit GigabyteOf(long bytesPerGigabyte) =>
        bytesPerGigabyte == BinaryGigabyte ? BillUnit.Gibibyte : BillUnit.Gigabyte;
}
