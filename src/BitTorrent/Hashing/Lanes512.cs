using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Distribution.BitTorrent.Hashing;

/// <summary>Sixteen lanes, for processors with AVX-512 (F and BW).</summary>
internal readonly struct Lanes512 : ILanes<Vector512<uint>>
{
    public const int Count = 16;

    public static bool IsSupported => Avx512BW.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Add(Vector512<uint> x, Vector512<uint> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> x, Vector512<uint> y) => x ^ y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) =>
        Avx512F.TernaryLogic(x, y, z, 0x96);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Choose(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) =>
        Avx512F.TernaryLogic(x, y, z, 0xCA);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Majority(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) =>
        Avx512F.TernaryLogic(x, y, z, 0xE8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> RotateLeft(Vector512<uint> x, [ConstantExpected] byte bits) =>
        Avx512F.RotateLeft(x, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftRight(Vector512<uint> x, [ConstantExpected] byte bits) =>
        Avx512F.ShiftRightLogical(x, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> All(uint word) => Vector512.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Load(byte** messages, nint offsetBytes, Vector512<uint>* words)
    {
        Vector128<byte> reversed = Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        Vector512<byte> order = Vector512.Create(reversed);
        LoadFour(messages, offsetBytes, order, out var a0, out var a1, out var a2, out var a3);
        LoadFour(messages + 4, offsetBytes, order, out var b0, out var b1, out var b2, out var b3);
        LoadFour(messages + 8, offsetBytes, order, out var c0, out var c1, out var c2, out var c3);
        LoadFour(messages + 12, offsetBytes, order, out var d0, out var d1, out var d2, out var d3);
        SwapQuarters(a0, b0, c0, d0, words);
        SwapQuarters(a1, b1, c1, d1, words + 1);
        SwapQuarters(a2, b2, c2, d2, words + 2);
        SwapQuarters(a3, b3, c3, d3, words + 3);
    }

    /// <summary>Of four messages: result k has, in its quarter q, the word 4q+k of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void LoadFour(
        byte** messages,
        nint offsetBytes,
        Vector512<byte> order,
        out Vector512<uint> k0,
        out Vector512<uint> k1,
        out Vector512<uint> k2,
        out Vector512<uint> k3
    )
    {
        Vector512<uint> a = Avx512BW.Shuffle(Vector512.Load(messages[0] + offsetBytes), order).AsUInt32();
        Vector512<uint> b = Avx512BW.Shuffle(Vector512.Load(messages[1] + offsetBytes), order).AsUInt32();
        Vector512<uint> c = Avx512BW.Shuffle(Vector512.Load(messages[2] + offsetBytes), order).AsUInt32();
        Vector512<uint> d = Avx512BW.Shuffle(Vector512.Load(messages[3] + offsetBytes), order).AsUInt32();
        Vector512<ulong> lowAb = Avx512F.UnpackLow(a, b).AsUInt64();
        Vector512<ulong> highAb = Avx512F.UnpackHigh(a, b).AsUInt64();
        Vector512<ulong> lowCd = Avx512F.UnpackLow(c, d).AsUInt64();
        Vector512<ulong> highCd = Avx512F.UnpackHigh(c, d).AsUInt64();
        k0 = Avx512F.UnpackLow(lowAb, lowCd).AsUInt32();
        k1 = Avx512F.UnpackHigh(lowAb, lowCd).AsUInt32();
        k2 = Avx512F.UnpackLow(highAb, highCd).AsUInt32();
        k3 = Avx512F.UnpackHigh(highAb, highCd).AsUInt32();
    }

    /// <summary>Quarters change places with groups of messages: word 4q+k of all goes to place 4q from <paramref name="words"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void SwapQuarters(
        Vector512<uint> a,
        Vector512<uint> b,
        Vector512<uint> c,
        Vector512<uint> d,
        Vector512<uint>* words
    )
    {
        Vector512<uint> lowAb = Avx512F.Shuffle4x128(a, b, 0x44);
        Vector512<uint> highAb = Avx512F.Shuffle4x128(a, b, 0xEE);
        Vector512<uint> lowCd = Avx512F.Shuffle4x128(c, d, 0x44);
        Vector512<uint> highCd = Avx512F.Shuffle4x128(c, d, 0xEE);
        words[0] = Avx512F.Shuffle4x128(lowAb, lowCd, 0x88);
        words[4] = Avx512F.Shuffle4x128(lowAb, lowCd, 0xDD);
        words[8] = Avx512F.Shuffle4x128(highAb, highCd, 0x88);
        words[12] = Avx512F.Shuffle4x128(highAb, highCd, 0xDD);
    }
}
