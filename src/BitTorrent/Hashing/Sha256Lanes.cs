using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distribution.BitTorrent.Hashing;

/// <summary>SHA-256's inner function (FIPS 180-4, section 6.2.2) on vectors: a message in each lane.</summary>
internal static unsafe class Sha256Lanes<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    private const int Rounds = 64;
    private const int WordsOfBlock = 16;

    /// <param name="state">The eight chaining values.</param>
    // Optimised from the first call on, and with the whole schedule in memory, as SHA-1.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Compress(TVector* state, byte** messages, nint lengthBytes)
    {
        byte* memory = stackalloc byte[Rounds * sizeof(TVector) + LaneCompression.AlignmentBytes];
        var words = (TVector*)(((nint)memory + LaneCompression.AlignmentBytes - 1) & -LaneCompression.AlignmentBytes);
        (TVector a, TVector b, TVector c, TVector d) = (state[0], state[1], state[2], state[3]);
        (TVector e, TVector f, TVector g, TVector h) = (state[4], state[5], state[6], state[7]);
        ref uint constants = ref MemoryMarshal.GetReference(Sha256Numbers.Rounds);
        for (nint at = 0; at < lengthBytes; at += Compression.BlockBytes)
        {
            TLanes.Load(messages, at, words);
            ref uint k = ref constants;
            TVector* w = words;
            for (; w < words + WordsOfBlock; w += 8, k = ref Unsafe.Add(ref k, 8))
            {
                Round(a, b, c, ref d, e, f, g, ref h, w[0], k);
                Round(h, a, b, ref c, d, e, f, ref g, w[1], Unsafe.Add(ref k, 1));
                Round(g, h, a, ref b, c, d, e, ref f, w[2], Unsafe.Add(ref k, 2));
                Round(f, g, h, ref a, b, c, d, ref e, w[3], Unsafe.Add(ref k, 3));
                Round(e, f, g, ref h, a, b, c, ref d, w[4], Unsafe.Add(ref k, 4));
                Round(d, e, f, ref g, h, a, b, ref c, w[5], Unsafe.Add(ref k, 5));
                Round(c, d, e, ref f, g, h, a, ref b, w[6], Unsafe.Add(ref k, 6));
                Round(b, c, d, ref e, f, g, h, ref a, w[7], Unsafe.Add(ref k, 7));
            }
            for (; w < words + Rounds; w += 8, k = ref Unsafe.Add(ref k, 8))
            {
                Round(a, b, c, ref d, e, f, g, ref h, Next(w), k);
                Round(h, a, b, ref c, d, e, f, ref g, Next(w + 1), Unsafe.Add(ref k, 1));
                Round(g, h, a, ref b, c, d, e, ref f, Next(w + 2), Unsafe.Add(ref k, 2));
                Round(f, g, h, ref a, b, c, d, ref e, Next(w + 3), Unsafe.Add(ref k, 3));
                Round(e, f, g, ref h, a, b, c, ref d, Next(w + 4), Unsafe.Add(ref k, 4));
                Round(d, e, f, ref g, h, a, b, ref c, Next(w + 5), Unsafe.Add(ref k, 5));
                Round(c, d, e, ref f, g, h, a, ref b, Next(w + 6), Unsafe.Add(ref k, 6));
                Round(b, c, d, ref e, f, g, h, ref a, Next(w + 7), Unsafe.Add(ref k, 7));
            }
            state[0] = a = TLanes.Add(a, state[0]);
            state[1] = b = TLanes.Add(b, state[1]);
            state[2] = c = TLanes.Add(c, state[2]);
            state[3] = d = TLanes.Add(d, state[3]);
            state[4] = e = TLanes.Add(e, state[4]);
            state[5] = f = TLanes.Add(f, state[5]);
            state[6] = g = TLanes.Add(g, state[6]);
            state[7] = h = TLanes.Add(h, state[7]);
        }
    }

    /// <summary>The word of the schedule that belongs here, from those before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Next(TVector* at)
    {
        TVector early = at[-15];
        TVector late = at[-2];
        TVector sigma0 = TLanes.Xor(
            TLanes.RotateLeft(early, 32 - 7),
            TLanes.RotateLeft(early, 32 - 18),
            TLanes.ShiftRight(early, 3)
        );
        TVector sigma1 = TLanes.Xor(
            TLanes.RotateLeft(late, 32 - 17),
            TLanes.RotateLeft(late, 32 - 19),
            TLanes.ShiftRight(late, 10)
        );
        return *at = TLanes.Add(TLanes.Add(at[-16], at[-7]), TLanes.Add(sigma0, sigma1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        TVector a,
        TVector b,
        TVector c,
        ref TVector d,
        TVector e,
        TVector f,
        TVector g,
        ref TVector h,
        TVector word,
        uint k
    )
    {
        TVector sum1 = TLanes.Xor(
            TLanes.RotateLeft(e, 32 - 6),
            TLanes.RotateLeft(e, 32 - 11),
            TLanes.RotateLeft(e, 32 - 25)
        );
        TVector sum0 = TLanes.Xor(
            TLanes.RotateLeft(a, 32 - 2),
            TLanes.RotateLeft(a, 32 - 13),
            TLanes.RotateLeft(a, 32 - 22)
        );
        TVector t1 = TLanes.Add(
            TLanes.Add(TLanes.Add(h, word), TLanes.All(k)),
            TLanes.Add(TLanes.Choose(e, f, g), sum1)
        );
        d = TLanes.Add(d, t1);
        h = TLanes.Add(t1, TLanes.Add(TLanes.Majority(a, b, c), sum0));
    }
}
