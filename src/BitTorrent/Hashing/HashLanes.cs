using System.Buffers;
using System.Runtime.CompilerServices;

namespace Distribution.BitTorrent.Hashing;

/// <summary>
/// Several hashes of one kind carried on side by side, one in each lane of the processor's vectors: with AVX-512 three times as fast as SHA-1
/// by the processor's SHA instructions and twice as fast as SHA-256. Where the processor has nothing wider they go on one after another.
/// </summary>
public static class HashLanes
{
    // More are taken in several turns.
    private const int MaxAtOnce = 64;

    /// <summary>So many hashes of this kind are best carried on together; 1 where nothing is gained by it.</summary>
    public static int Count(ResumableHashKind kind) => LaneChoice.Of(kind).Lanes;

    /// <summary>Whether so many are faster together than one after another.</summary>
    public static bool IsFaster(ResumableHashKind kind, int count) => LaneChoice.Of(kind).For(count) is not null;

    /// <summary>
    /// Adds to each hash its next bytes, of any lengths: fastest where these are the same, and the hashes stand between two blocks of
    /// 64 bytes.
    /// </summary>
    /// <param name="hashes">Different ones, all of one kind.</param>
    /// <param name="messages">As many.</param>
    /// <exception cref="ArgumentException">Another number of messages, or hashes of two kinds.</exception>
    public static void Append(ReadOnlySpan<ResumableHash> hashes, ReadOnlySpan<ReadOnlyMemory<byte>> messages)
    {
        if (hashes.IsEmpty && messages.IsEmpty)
            return;
        if (hashes.Length != messages.Length)
            throw new ArgumentException($"{messages.Length} messages for {hashes.Length} hashes.", nameof(messages));
        foreach (ResumableHash hash in hashes)
        {
            if (hash.Kind != hashes[0].Kind)
                throw new ArgumentException("Hashes of two kinds.", nameof(hashes));
        }
        Append(hashes, messages, LaneChoice.Of(hashes[0].Kind));
    }

    internal static void Append(
        ReadOnlySpan<ResumableHash> hashes,
        ReadOnlySpan<ReadOnlyMemory<byte>> messages,
        LaneChoice choice
    )
    {
        Span<int> done = stackalloc int[MaxAtOnce];
        while (!hashes.IsEmpty)
        {
            int count = Math.Min(hashes.Length, MaxAtOnce);
            done.Clear();
            AppendTogether(hashes[..count], messages[..count], done[..count], choice);
            for (int i = 0; i < count; i++)
                hashes[i].Append(messages[i].Span[done[i]..]);
            hashes = hashes[count..];
            messages = messages[count..];
        }
    }

    /// <summary>Carries on those that have whole blocks left, for as long as they are enough.</summary>
    private static void AppendTogether(
        ReadOnlySpan<ResumableHash> hashes,
        ReadOnlySpan<ReadOnlyMemory<byte>> messages,
        Span<int> done,
        LaneChoice choice
    )
    {
        Span<int> left = stackalloc int[hashes.Length];
        Span<int> which = stackalloc int[hashes.Length];
        while (true)
        {
            int count = 0;
            for (int i = 0; i < hashes.Length; i++)
            {
                int whole = (messages[i].Length - done[i]) & -Compression.BlockBytes;
                if (whole == 0 || !hashes[i].IsBetweenBlocks)
                    continue;
                left[count] = whole;
                which[count++] = i;
            }
            if (choice.For(count) is not { } lanes)
                return;
            // The longest together, so that no lane runs empty for long.
            left[..count].Sort(which[..count], static (x, y) => y.CompareTo(x));
            int taken = Math.Min(count, lanes.Lanes);
            Run(lanes, hashes, messages, done, which[..taken], left[taken - 1]);
            foreach (int i in which[..taken])
                done[i] += left[taken - 1];
        }
    }

    [SkipLocalsInit]
    private static unsafe void Run(
        LaneCompression lanes,
        ReadOnlySpan<ResumableHash> hashes,
        ReadOnlySpan<ReadOnlyMemory<byte>> messages,
        ReadOnlySpan<int> done,
        ReadOnlySpan<int> which,
        int lengthBytes
    )
    {
        var room = new LaneWords();
        uint* words = room.Align();
        byte** addresses = stackalloc byte*[LaneCompression.MaxLanes];
        var pins = new Pins();
        try
        {
            for (int lane = 0; lane < lanes.Lanes; lane++)
            {
                // Lanes without a message of their own hash the last one again, for nobody.
                if (lane >= which.Length)
                {
                    addresses[lane] = addresses[lane - 1];
                    continue;
                }
                int i = which[lane];
                pins[lane] = messages[i].Slice(done[i], lengthBytes).Pin();
                addresses[lane] = (byte*)pins[lane].Pointer;
                ReadOnlySpan<uint> before = hashes[i].Words;
                for (int word = 0; word < before.Length; word++)
                    words[word * lanes.Lanes + lane] = before[word];
            }
            lanes.Compress(hashes[which[0]].Kind, words, addresses, lengthBytes);
        }
        finally
        {
            for (int lane = 0; lane < which.Length; lane++)
                pins[lane].Dispose();
        }
        for (int lane = 0; lane < which.Length; lane++)
        {
            Span<uint> after = hashes[which[lane]].Advance(lengthBytes);
            for (int word = 0; word < after.Length; word++)
                after[word] = words[word * lanes.Lanes + lane];
        }
    }

    [InlineArray(LaneCompression.MaxLanes)]
    private struct Pins
    {
        private MemoryHandle _first;
    }
}
