using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Distribution.BitTorrent.Hashing;

/// <summary>SHA-256 of messages that are in memory as a whole: the leaves and nodes of merkle trees.</summary>
internal static unsafe class Sha256Messages
{
    public const int HashBytes = SHA256.HashSizeInBytes;

    private const int BlockBytes = Compression.BlockBytes;

    /// <summary>Without the detours that the framework takes for a message, which cost more than a short one's hash.</summary>
    /// <param name="hash">Takes 32 bytes.</param>
    public static void Hash(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        if (Compression.Best is not LibcryptoCompression compression || message.Length % BlockBytes != 0)
        {
            SHA256.HashData(message, hash);
            return;
        }
        Span<uint> words = stackalloc uint[Compression.Sha256Words];
        Sha256Numbers.Initial.CopyTo(words);
        Span<byte> end = stackalloc byte[BlockBytes];
        WriteEnd(end, message.Length);
        compression.Sha256(words, message);
        compression.Sha256(words, end);
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(hash[(i * sizeof(uint))..], words[i]);
    }

    /// <summary>Hashes messages of one length that lie one after another, side by side where that is faster.</summary>
    /// <param name="lengthBytes">Of each; above 0.</param>
    /// <param name="hashes">Takes 32 bytes for each; may be where the messages begin.</param>
    public static void Hash(ReadOnlySpan<byte> messages, int lengthBytes, Span<byte> hashes) =>
        Hash(messages, lengthBytes, hashes, LaneChoice.Of(ResumableHashKind.Sha256));

    internal static void Hash(ReadOnlySpan<byte> messages, int lengthBytes, Span<byte> hashes, LaneChoice choice)
    {
        while (!messages.IsEmpty)
        {
            int taken = 1;
            if (lengthBytes % BlockBytes == 0 && choice.For(messages.Length / lengthBytes) is { } lanes)
            {
                taken = Math.Min(lanes.Lanes, messages.Length / lengthBytes);
                Run(lanes, messages[..(taken * lengthBytes)], lengthBytes, hashes);
            }
            else
                Hash(messages[..lengthBytes], hashes);
            messages = messages[(taken * lengthBytes)..];
            hashes = hashes[(taken * HashBytes)..];
        }
    }

    [SkipLocalsInit]
    private static void Run(LaneCompression lanes, ReadOnlySpan<byte> messages, int lengthBytes, Span<byte> hashes)
    {
        var room = new LaneWords();
        uint* words = room.Align();
        byte** addresses = stackalloc byte*[LaneCompression.MaxLanes];
        byte* end = stackalloc byte[BlockBytes];
        WriteEnd(new Span<byte>(end, BlockBytes), lengthBytes);
        int count = messages.Length / lengthBytes;
        for (int word = 0; word < Compression.Sha256Words; word++)
            new Span<uint>(words + word * lanes.Lanes, lanes.Lanes).Fill(Sha256Numbers.Initial[word]);
        fixed (byte* start = messages)
        {
            // Lanes without a message of their own hash the last one again, for nobody.
            for (int lane = 0; lane < lanes.Lanes; lane++)
                addresses[lane] = start + (nint)Math.Min(lane, count - 1) * lengthBytes;
            lanes.Compress(ResumableHashKind.Sha256, words, addresses, lengthBytes);
        }
        for (int lane = 0; lane < lanes.Lanes; lane++)
            addresses[lane] = end;
        lanes.Compress(ResumableHashKind.Sha256, words, addresses, BlockBytes);
        for (int lane = 0; lane < count; lane++)
        {
            Span<byte> hash = hashes.Slice(lane * HashBytes, HashBytes);
            for (int word = 0; word < Compression.Sha256Words; word++)
                BinaryPrimitives.WriteUInt32BigEndian(hash[(word * sizeof(uint))..], words[word * lanes.Lanes + lane]);
        }
    }

    /// <summary>What ends a message of whole blocks (FIPS 180-4, section 5.1.1): a one, zeros, the length in bits.</summary>
    private static void WriteEnd(Span<byte> block, long lengthBytes)
    {
        block.Clear();
        block[0] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(block[^sizeof(long)..], lengthBytes * 8);
    }
}
