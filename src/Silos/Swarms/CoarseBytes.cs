using System.Numerics;

namespace Distribution.Silos.Swarms;

/// <summary>A number of bytes in 16 bits, rounded up by at most a 512th: six bits of exponent above ten of mantissa. 0 is exact.</summary>
internal static class CoarseBytes
{
    private const int MantissaBits = 10;
    private const int MantissaMask = (1 << MantissaBits) - 1;

    /// <param name="bytes">Negative: not known, which is as good as any number.</param>
    public static ushort Encode(long bytes)
    {
        ulong value = bytes < 0 ? long.MaxValue : (ulong)bytes;
        int exponent = Math.Max(0, 64 - BitOperations.LeadingZeroCount(value) - MantissaBits);
        ulong mantissa = (value + (1UL << exponent) - 1) >> exponent;
        if (mantissa > MantissaMask)
        {
            mantissa >>= 1;
            exponent++;
        }
        return (ushort)((exponent << MantissaBits) | (int)mantissa);
    }

    public static long Decode(ushort code)
    {
        int exponent = code >> MantissaBits;
        long mantissa = code & MantissaMask;
        return mantissa > long.MaxValue >> exponent ? long.MaxValue : mantissa << exponent;
    }
}
