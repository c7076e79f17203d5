using System.Security.Cryptography;
using Distribution.BitTorrent.Hashing;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Hashing;

public sealed class ResumableHashTests
{
    private static readonly Compression[] Compressions = Available();

    [Fact]
    public void On_Linux_the_fast_one_is_there() =>
        Assert.Equal(OperatingSystem.IsLinux(), Compression.Best is LibcryptoCompression);

    [Property(MaxTest = 200)]
    public void Spans_of_any_size_hash_as_the_whole(ushort size, int seed)
    {
        byte[] content = Content(size % 5000, seed);
        foreach ((ResumableHashKind kind, Compression compression) in Combinations())
        {
            var random = new Random(seed);
            var hash = new ResumableHash(kind, compression);
            for (int at = 0; at < content.Length; )
            {
                int taken = Math.Min(content.Length - at, random.Next(0, 200));
                hash.Append(content.AsSpan(at, taken));
                at += taken;
            }
            Assert.Equal(content.Length, hash.LengthBytes);
            Assert.Equal(Expected(kind, content), Finish(hash));
            // And it begins anew.
            hash.Append([1]);
            Assert.Equal(Expected(kind, [1]), Finish(hash));
        }
    }

    [Property(MaxTest = 200)]
    public void A_state_goes_on_anywhere_with_either_code(ushort size, int seed)
    {
        byte[] content = Content(size % 5000, seed);
        foreach ((ResumableHashKind kind, Compression compression) in Combinations())
        {
            var random = new Random(seed);
            var hash = new ResumableHash(kind, compression);
            for (int at = 0; at < content.Length; )
            {
                int taken = Math.Min(content.Length - at, random.Next(0, 700));
                hash.Append(content.AsSpan(at, taken));
                at += taken;
                var state = new byte[ResumableHash.StateBytes(kind)];
                hash.Export(state);
                hash = new ResumableHash(kind, Compressions[random.Next(Compressions.Length)]);
                hash.Append([1, 2, 3]);
                hash.Import(state);
                Assert.Equal(at, hash.LengthBytes);
            }
            Assert.Equal(Expected(kind, content), Finish(hash));
        }
    }

    [Fact]
    public void Every_length_around_a_block_pads_right()
    {
        foreach ((ResumableHashKind kind, Compression compression) in Combinations())
        {
            for (int length = 0; length <= 3 * Compression.BlockBytes; length++)
            {
                byte[] content = Content(length, 5);
                var hash = new ResumableHash(kind, compression);
                hash.Append(content);
                Assert.Equal(Expected(kind, content), Finish(hash));
            }
        }
    }

    [Fact]
    public void Other_states_are_refused()
    {
        var hash = new ResumableHash(ResumableHashKind.Sha1);
        Assert.Equal(92, ResumableHash.StateBytes(ResumableHashKind.Sha1));
        Assert.Equal(104, ResumableHash.StateBytes(ResumableHashKind.Sha256));
        Assert.Throws<InvalidDataException>(() => hash.Import(new byte[104]));
        Assert.Throws<InvalidDataException>(() => hash.Import([]));
        var negative = new byte[92];
        negative[0] = 0x80;
        Assert.Throws<InvalidDataException>(() => hash.Import(negative));
    }

    private static Compression[] Available() =>
        LibcryptoCompression.TryLoad() is { } fast ? [fast, new PlainCompression()] : [new PlainCompression()];

    private static IEnumerable<(ResumableHashKind Kind, Compression Compression)> Combinations() =>
        from kind in Enum.GetValues<ResumableHashKind>()
        from compression in Compressions
        select (kind, compression);

    private static byte[] Finish(ResumableHash hash)
    {
        var digest = new byte[hash.Kind == ResumableHashKind.Sha1 ? 20 : 32];
        hash.Finish(digest);
        return digest;
    }

    private static byte[] Expected(ResumableHashKind kind, byte[] content) =>
        kind == ResumableHashKind.Sha1 ? SHA1.HashData(content) : SHA256.HashData(content);

    private static byte[] Content(int size, int seed)
    {
        var content = new byte[size];
        new Random(seed).NextBytes(content);
        return content;
    }
}
