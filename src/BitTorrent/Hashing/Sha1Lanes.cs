using System.Runtime.CompilerServices;

namespace Distribution.BitTorrent.Hashing;

/// <summary>SHA-1's inner function (FIPS 180-4, section 6.1.2) on vectors: a message in each lane.</summary>
internal static unsafe class Sha1Lanes<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    private const int Rounds = 80;
    private const int RoundsOfPhase = 20;
    private const int WordsOfBlock = 16;

    /// <param name="state">The five chaining values.</param>
    // Optimised from the first call on: the first upload of a process would hash hundreds of megabytes before the runtime had done so.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Compress(TVector* state, byte** messages, nint lengthBytes)
    {
        // All words of the schedule, not the last sixteen in a ring: places relative to one pointer cost no arithmetic.
        byte* memory = stackalloc byte[Rounds * sizeof(TVector) + LaneCompression.AlignmentBytes];
        var words = (TVector*)(((nint)memory + LaneCompression.AlignmentBytes - 1) & -LaneCompression.AlignmentBytes);
        (TVector a, TVector b, TVector c, TVector d, TVector e) = (state[0], state[1], state[2], state[3], state[4]);
        for (nint at = 0; at < lengthBytes; at += Compression.BlockBytes)
        {
            TLanes.Load(messages, at, words);
            TVector k = TLanes.All(0x5a827999u);
            TVector* w = words;
            for (; w < words + WordsOfBlock - 1; w += 5)
            {
                Choosing(a, ref b, c, d, ref e, k, w[0]);
                Choosing(e, ref a, b, c, ref d, k, w[1]);
                Choosing(d, ref e, a, b, ref c, k, w[2]);
                Choosing(c, ref d, e, a, ref b, k, w[3]);
                Choosing(b, ref c, d, e, ref a, k, w[4]);
            }
            Choosing(a, ref b, c, d, ref e, k, w[0]);
            Choosing(e, ref a, b, c, ref d, k, Next(w + 1));
            Choosing(d, ref e, a, b, ref c, k, Next(w + 2));
            Choosing(c, ref d, e, a, ref b, k, Next(w + 3));
            Choosing(b, ref c, d, e, ref a, k, Next(w + 4));
            k = TLanes.All(0x6ed9eba1u);
            for (w += 5; w < words + 2 * RoundsOfPhase; w += 5)
            {
                Parity(a, ref b, c, d, ref e, k, Next(w));
                Parity(e, ref a, b, c, ref d, k, Next(w + 1));
                Parity(d, ref e, a, b, ref c, k, Next(w + 2));
                Parity(c, ref d, e, a, ref b, k, Next(w + 3));
                Parity(b, ref c, d, e, ref a, k, Next(w + 4));
            }
            k = TLanes.All(0x8f1bbcdcu);
            for (; w < words + 3 * RoundsOfPhase; w += 5)
            {
                Majority(a, ref b, c, d, ref e, k, Next(w));
                Majority(e, ref a, b, c, ref d, k, Next(w + 1));
                Majority(d, ref e, a, b, ref c, k, Next(w + 2));
                Majority(c, ref d, e, a, ref b, k, Next(w + 3));
                Majority(b, ref c, d, e, ref a, k, Next(w + 4));
            }
            k = TLanes.All(0xca62c1d6u);
            for (; w < words + 4 * RoundsOfPhase; w += 5)
            {
                Parity(a, ref b, c, d, ref e, k, Next(w));
                Parity(e, ref a, b, c, ref d, k, Next(w + 1));
                Parity(d, ref e, a, b, ref c, k, Next(w + 2));
                Parity(c, ref d, e, a, ref b, k, Next(w + 3));
                Parity(b, ref c, d, e, ref a, k, Next(w + 4));
            }
            state[0] = a = TLanes.Add(a, state[0]);
            state[1] = b = TLanes.Add(b, state[1]);
            state[2] = c = TLanes.Add(c, state[2]);
            state[3] = d = TLanes.Add(d, state[3]);
            state[4] = e = TLanes.Add(e, state[4]);
        }
    }

    /// <summary>The word of the schedule that belongs here, from those before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Next(TVector* at)
    {
        TVector mixed = TLanes.Xor(TLanes.Xor(at[-3], at[-8], at[-14]), at[-16]);
        return *at = TLanes.RotateLeft(mixed, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Choosing(
        TVector a,
        ref TVector b,
        TVector c,
        TVector d,
        ref TVector e,
        TVector k,
        TVector word
    ) => Round(a, ref b, TLanes.Choose(b, c, d), ref e, k, word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Parity(
        TVector a,
        ref TVector b,
        TVector c,
        TVector d,
        ref TVector e,
        TVector k,
        TVector word
    ) => Round(a, ref b, TLanes.Xor(b, c, d), ref e, k, word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Majority(
        TVector a,
        ref TVector b,
        TVector c,
        TVector d,
        ref TVector e,
        TVector k,
        TVector word
    ) => Round(a, ref b, TLanes.Majority(b, c, d), ref e, k, word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(TVector a, ref TVector b, TVector mixed, ref TVector e, TVector k, TVector word)
    {
        e = TLanes.Add(TLanes.Add(TLanes.Add(e, k), word), TLanes.Add(mixed, TLanes.RotateLeft(a, 5)));
        b = TLanes.RotateLeft(b, 30);
    }
}
