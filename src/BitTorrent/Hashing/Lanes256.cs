using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Distribution.BitTorrent.Hashing;

/// <summary>Eight lanes, for processors with AVX2; with AVX-512's shorter ways where they are.</summary>
internal readonly struct Lanes256 : ILanes<Vector256<uint>>
{
    public const int Count = 8;

    private const int HalfBytes = Count * sizeof(uint);

    public static bool IsSupported => Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Add(Vector256<uint> x, Vector256<uint> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor(Vector256<uint> x, Vector256<uint> y) => x ^ y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor(Vector256<uint> x, Vector256<uint> y, Vector256<uint> z) => x ^ y ^ z;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Choose(Vector256<uint> x, Vector256<uint> y, Vector256<uint> z) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.TernaryLogic(x, y, z, 0xCA) : z ^ (x & (y ^ z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Majority(Vector256<uint> x, Vector256<uint> y, Vector256<uint> z) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.TernaryLogic(x, y, z, 0xE8) : (x & y) | (z & (x | y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> RotateLeft(Vector256<uint> x, [ConstantExpected] byte bits) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateLeft(x, bits) : (x << bits) | (x >>> (32 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ShiftRight(Vector256<uint> x, [ConstantExpected] byte bits) => x >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> All(uint word) => Vector256.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Load(byte** messages, nint offsetBytes, Vector256<uint>* words)
    {
        LoadHalf(messages, offsetBytes, words);
        LoadHalf(messages, offsetBytes + HalfBytes, words + Count);
    }

    /// <summary>Half of a block: eight words of eight messages.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void LoadHalf(byte** messages, nint offsetBytes, Vector256<uint>* words)
    {
        Vector128<byte> reversed = Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        Vector256<byte> order = Vector256.Create(reversed);
        LoadFour(messages, offsetBytes, order, out var a0, out var a1, out var a2, out var a3);
        LoadFour(messages + 4, offsetBytes, order, out var b0, out var b1, out var b2, out var b3);
        words[0] = Avx2.Permute2x128(a0, b0, 0x20);
        words[1] = Avx2.Permute2x128(a1, b1, 0x20);
        words[2] = Avx2.Permute2x128(a2, b2, 0x20);
        words[3] = Avx2.Permute2x128(a3, b3, 0x20);
        words[4] = Avx2.Permute2x128(a0, b0, 0x31);
        words[5] = Avx2.Permute2x128(a1, b1, 0x31);
        words[6] = Avx2.Permute2x128(a2, b2, 0x31);
        words[7] = Avx2.Permute2x128(a3, b3, 0x31);
    }

    /// <summary>Of four messages: result k has, in its half q, the word 4q+k of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void LoadFour(
        byte** messages,
        nint offsetBytes,
        Vector256<byte> order,
        out Vector256<uint> k0,
        out Vector256<uint> k1,
        out Vector256<uint> k2,
        out Vector256<uint> k3
    )
    {
        Vector256<uint> a = Avx2.Shuffle(Vector256.Load(messages[0] + offsetBytes), order).AsUInt32();
        Vector256<uint> b = Avx2.Shuffle(Vector256.Load(messages[1] + offsetBytes), order).AsUInt32();
        Vector256<uint> c = Avx2.Shuffle(Vector256.Load(messages[2] + offsetBytes), order).AsUInt32();
        Vector256<uint> d = Avx2.Shuffle(Vector256.Load(messages[3] + offsetBytes), order).AsUInt32();
        Vector256<ulong> lowAb = Avx2.UnpackLow(a, b).AsUInt64();
        Vector256<ulong> highAb = Avx2.UnpackHigh(a, b).AsUInt64();
        Vector256<ulong> lowCd = Avx2.UnpackLow(c, d).AsUInt64();
        Vector256<ulong> highCd = Avx2.UnpackHigh(c, d).AsUInt64();
        k0 = Avx2.UnpackLow(lowAb, lowCd).AsUInt32();
        k1 = Avx2.UnpackHigh(lowAb, lowCd).AsUInt32();
        k2 = Avx2.UnpackLow(highAb, highCd).AsUInt32();
        k3 = Avx2.UnpackHigh(highAb, highCd).AsUInt32();
    }
}
