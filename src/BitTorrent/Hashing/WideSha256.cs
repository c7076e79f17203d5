using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Distribution.BitTorrent.Hashing;

/// <summary>
/// SHA-256 (FIPS 180-4) of sixteen messages at a time, one in each lane of the processor's 512-bit registers. A message by itself gains
/// nothing; sixteen leaves of a merkle tree take about half the time that SHA instructions need for them one after another.
/// </summary>
internal static class WideSha256
{
    /// <summary>So many messages are hashed at a time.</summary>
    public const int Messages = 16;

    public const int HashBytes = 32;

    private const int BlockBytes = Compression.BlockBytes;
    private const int WordsOfBlock = BlockBytes / sizeof(uint);
    private const int Rounds = 64;

    private static readonly Vector128<byte> ReversedWords = Vector128.Create(
        (byte)3,
        2,
        1,
        0,
        7,
        6,
        5,
        4,
        11,
        10,
        9,
        8,
        15,
        14,
        13,
        12
    );

    /// <summary>False: this processor has no 512-bit registers; use SHA-256 one message after another.</summary>
    public static bool IsSupported => Avx512BW.IsSupported;

    /// <summary>Hashes sixteen messages of the same length that lie one after another.</summary>
    /// <param name="messages">A multiple of 16 × 64 bytes.</param>
    /// <param name="hashes">Takes 16 × 32 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    /// <exception cref="PlatformNotSupportedException">See <see cref="IsSupported"/>.</exception>
    [SkipLocalsInit]
    public static void Hash(ReadOnlySpan<byte> messages, Span<byte> hashes)
    {
        if (!IsSupported)
            throw new PlatformNotSupportedException("There are no 512-bit registers.");
        if (messages.Length % (Messages * BlockBytes) != 0 || hashes.Length < Messages * HashBytes)
            throw new ArgumentException("Sixteen messages of whole blocks, and room for their hashes, are needed.");
        int lengthBytes = messages.Length / Messages;
        Span<Vector512<uint>> state = stackalloc Vector512<uint>[Compression.Sha256Words];
        Span<Vector512<uint>> words = stackalloc Vector512<uint>[WordsOfBlock];
        for (int i = 0; i < state.Length; i++)
            state[i] = Vector512.Create(Sha256Numbers.Initial[i]);
        Vector256<byte> half = Vector256.Create(ReversedWords, ReversedWords);
        Vector512<byte> order = Vector512.Create(half, half);
        for (int at = 0; at < lengthBytes; at += BlockBytes)
        {
            for (int message = 0; message < Messages; message++)
                words[message] = Vector512
                    .Create<byte>(messages.Slice(message * lengthBytes + at, BlockBytes))
                    .AsUInt32();
            Transpose(words);
            for (int i = 0; i < WordsOfBlock; i++)
                words[i] = Avx512BW.Shuffle(words[i].AsByte(), order).AsUInt32();
            Compress(state, words);
        }
        // The padding: a one, zeros, the length in bits. It is the same in every lane.
        words.Clear();
        words[0] = Vector512.Create(0x80000000u);
        words[^2] = Vector512.Create((uint)((ulong)lengthBytes * 8 >> 32));
        words[^1] = Vector512.Create((uint)((ulong)lengthBytes * 8));
        Compress(state, words);
        for (int message = 0; message < Messages; message++)
        {
            for (int i = 0; i < state.Length; i++)
                BinaryPrimitives.WriteUInt32BigEndian(
                    hashes[(message * HashBytes + i * sizeof(uint))..],
                    state[i].GetElement(message)
                );
        }
    }

    /// <summary>Turns sixteen messages' words into sixteen words' messages.</summary>
    private static void Transpose(Span<Vector512<uint>> rows)
    {
        Span<Vector512<ulong>> pairs = stackalloc Vector512<ulong>[Messages];
        for (int i = 0; i < Messages; i += 2)
        {
            pairs[i] = Avx512F.UnpackLow(rows[i], rows[i + 1]).AsUInt64();
            pairs[i + 1] = Avx512F.UnpackHigh(rows[i], rows[i + 1]).AsUInt64();
        }
        for (int i = 0; i < Messages; i += 4)
        {
            rows[i] = Avx512F.UnpackLow(pairs[i], pairs[i + 2]).AsUInt32();
            rows[i + 1] = Avx512F.UnpackHigh(pairs[i], pairs[i + 2]).AsUInt32();
            rows[i + 2] = Avx512F.UnpackLow(pairs[i + 1], pairs[i + 3]).AsUInt32();
            rows[i + 3] = Avx512F.UnpackHigh(pairs[i + 1], pairs[i + 3]).AsUInt32();
        }
        // Row 4g+k holds word 4q+k of messages 4g to 4g+3 in its quarter q: quarters change places with groups.
        for (int k = 0; k < 4; k++)
        {
            Vector512<uint> low01 = Avx512F.Shuffle4x128(rows[k], rows[k + 4], 0x44);
            Vector512<uint> high01 = Avx512F.Shuffle4x128(rows[k], rows[k + 4], 0xEE);
            Vector512<uint> low23 = Avx512F.Shuffle4x128(rows[k + 8], rows[k + 12], 0x44);
            Vector512<uint> high23 = Avx512F.Shuffle4x128(rows[k + 8], rows[k + 12], 0xEE);
            rows[k] = Avx512F.Shuffle4x128(low01, low23, 0x88);
            rows[k + 4] = Avx512F.Shuffle4x128(low01, low23, 0xDD);
            rows[k + 8] = Avx512F.Shuffle4x128(high01, high23, 0x88);
            rows[k + 12] = Avx512F.Shuffle4x128(high01, high23, 0xDD);
        }
    }

    private static void Compress(Span<Vector512<uint>> state, Span<Vector512<uint>> words)
    {
        ref Vector512<uint> w = ref MemoryMarshal.GetReference(words);
        ref uint k = ref MemoryMarshal.GetReference(Sha256Numbers.Rounds);
        (Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d) = (
            state[0],
            state[1],
            state[2],
            state[3]
        );
        (Vector512<uint> e, Vector512<uint> f, Vector512<uint> g, Vector512<uint> h) = (
            state[4],
            state[5],
            state[6],
            state[7]
        );
        for (int round = 0; round < Rounds; round += 8)
        {
            int at = round & (WordsOfBlock - 1);
            if (round >= WordsOfBlock)
            {
                for (int i = at; i < at + 8; i++)
                    Unsafe.Add(ref w, i) = NextWord(ref w, i);
            }
            h = First(e, f, g, h, Unsafe.Add(ref w, at), Unsafe.Add(ref k, round));
            d += h;
            h += Second(a, b, c);
            g = First(d, e, f, g, Unsafe.Add(ref w, at + 1), Unsafe.Add(ref k, round + 1));
            c += g;
            g += Second(h, a, b);
            f = First(c, d, e, f, Unsafe.Add(ref w, at + 2), Unsafe.Add(ref k, round + 2));
            b += f;
            f += Second(g, h, a);
            e = First(b, c, d, e, Unsafe.Add(ref w, at + 3), Unsafe.Add(ref k, round + 3));
            a += e;
            e += Second(f, g, h);
            d = First(a, b, c, d, Unsafe.Add(ref w, at + 4), Unsafe.Add(ref k, round + 4));
            h += d;
            d += Second(e, f, g);
            c = First(h, a, b, c, Unsafe.Add(ref w, at + 5), Unsafe.Add(ref k, round + 5));
            g += c;
            c += Second(d, e, f);
            b = First(g, h, a, b, Unsafe.Add(ref w, at + 6), Unsafe.Add(ref k, round + 6));
            f += b;
            b += Second(c, d, e);
            a = First(f, g, h, a, Unsafe.Add(ref w, at + 7), Unsafe.Add(ref k, round + 7));
            e += a;
            a += Second(b, c, d);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> First(
        Vector512<uint> e,
        Vector512<uint> f,
        Vector512<uint> g,
        Vector512<uint> h,
        Vector512<uint> word,
        uint k
    ) =>
        h
        + word
        + Vector512.Create(k)
        + Xor(Avx512F.RotateRight(e, 6), Avx512F.RotateRight(e, 11), Avx512F.RotateRight(e, 25))
        // e ? f : g
        + Avx512F.TernaryLogic(e, f, g, 0xCA);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Second(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) =>
        Xor(Avx512F.RotateRight(a, 2), Avx512F.RotateRight(a, 13), Avx512F.RotateRight(a, 22))
        // The majority.
        + Avx512F.TernaryLogic(a, b, c, 0xE8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> NextWord(ref Vector512<uint> w, int i)
    {
        Vector512<uint> before15 = Unsafe.Add(ref w, (i + 1) & 15);
        Vector512<uint> before2 = Unsafe.Add(ref w, (i + 14) & 15);
        return Unsafe.Add(ref w, i)
            + Unsafe.Add(ref w, (i + 9) & 15)
            + Xor(Avx512F.RotateRight(before15, 7), Avx512F.RotateRight(before15, 18), before15 >>> 3)
            + Xor(Avx512F.RotateRight(before2, 17), Avx512F.RotateRight(before2, 19), before2 >>> 10);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Xor(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) =>
        Avx512F.TernaryLogic(x, y, z, 0x96);
}
