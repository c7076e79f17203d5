using System.Security.Cryptography;
using Distribution.BitTorrent.Hashing;
using Distribution.BitTorrent.Merkle;

namespace Distribution.Benchmarks.Hashing;

/// <summary>What the hash functions give out of a second of one core, the framework's beside ours.</summary>
internal static class Kernels
{
    // As uploads hash: pieces of half a megabyte, leaves, and the nodes above leaves.
    private const int PieceBytes = 512 << 10;
    private const int NodeBytes = 2 * MerkleHash.LengthBytes;

    /// <summary>Names and bytes per second of CPU.</summary>
    public static IEnumerable<(string Name, double BytesPerSecond)> Measure(byte[] content)
    {
        byte[] digests = new byte[content.Length / NodeBytes * MerkleHash.LengthBytes];
        yield return (
            "SHA-1, pieces, framework",
            RateOf(content, PieceBytes, piece => SHA1.HashData(piece.Span, digests))
        );
        foreach (int count in new[] { 16, 8 })
            yield return (
                $"SHA-1, pieces, {count} side by side",
                RateOf(content, count * PieceBytes, pieces => HashPieces(pieces, digests))
            );
        yield return (
            "SHA-256, leaves, framework",
            RateOf(content, MerkleTree.BlockLengthBytes, leaf => SHA256.HashData(leaf.Span, digests))
        );
        foreach (int count in new[] { 16, 8 })
        {
            var leaves = new MerkleHash[count];
            yield return (
                $"SHA-256, leaves, {count} side by side",
                RateOf(content, count * MerkleTree.BlockLengthBytes, blocks => MerkleHash.OfBlocks(blocks.Span, leaves))
            );
        }
        byte[] few = content[..(content.Length / 16)];
        yield return ("SHA-256, nodes, framework", RateOf(few, NodeBytes, pair => SHA256.HashData(pair.Span, digests)));
        var nodes = new MerkleHash[64];
        var parents = new MerkleHash[32];
        yield return (
            "SHA-256, nodes, side by side",
            RateOf(few, nodes.Length * MerkleHash.LengthBytes, _ => MerkleHash.OfPairs(nodes, parents))
        );
    }

    private static void HashPieces(ReadOnlyMemory<byte> pieces, byte[] digests)
    {
        int count = pieces.Length / PieceBytes;
        var hashes = new ResumableHash[count];
        var messages = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            hashes[i] = new ResumableHash(ResumableHashKind.Sha1);
            messages[i] = pieces.Slice(i * PieceBytes, PieceBytes);
        }
        HashLanes.Append(hashes, messages);
        foreach (ResumableHash hash in hashes)
            hash.Finish(digests);
    }

    private static double RateOf(byte[] content, int stepBytes, Action<ReadOnlyMemory<byte>> hash)
    {
        hash(content.AsMemory(0, stepBytes));
        TimeSpan started = Environment.CpuUsage.TotalTime;
        int done = 0;
        for (; done + stepBytes <= content.Length; done += stepBytes)
            hash(content.AsMemory(done, stepBytes));
        return done / (Environment.CpuUsage.TotalTime - started).TotalSeconds;
    }
}
