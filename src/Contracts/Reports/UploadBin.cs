using System.Numerics;

namespace Distribution.Contracts.Reports;

/// <summary>
/// Viewers that say they uploaded so much: one bin for nothing, one for less than a mebibyte, then one for each doubling.
/// </summary>
/// <param name="FromBytes">Inclusive.</param>
/// <param name="ToBytes">Exclusive.</param>
[GenerateSerializer, Immutable]
public sealed record UploadBin(long FromBytes, long ToBytes, long Viewers)
{
    private const int FirstDoubling = 2;
    private const int MebibyteBits = 20;

    /// <summary>0: nothing.</summary>
    public static int NumberOf(long bytes) =>
        bytes <= 0 ? 0
        : bytes < 1L << MebibyteBits ? 1
        : BitOperations.Log2((ulong)bytes >> MebibyteBits) + FirstDoubling;

    public static UploadBin Of(int number, long viewers) =>
        number switch
        {
            0 => new UploadBin(0, 1, viewers),
            1 => new UploadBin(1, 1L << MebibyteBits, viewers),
            _ => new UploadBin(
                1L << (MebibyteBits + number - FirstDoubling),
                1L << (MebibyteBits + number - FirstDoubling + 1),
                viewers
            ),
        };
}
