using System.Text;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Pieces;

namespace Distribution.BitTorrent.Tests.MetainfoV2;

public sealed class InfoEncoderTests
{
    private const int PieceLength = 16384;

    [Fact]
    public void A_hybrid_file_is_encoded_as_BEP_52_and_BEP_3_say()
    {
        EncodedInfo info = File("movie.mp4", Hash("abc", TorrentVersions.Hybrid), TorrentVersions.Hybrid);
        string expected =
            "d9:file treed9:movie.mp4d0:d6:lengthi3e11:pieces root32:"
            + Latin1("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            + "eee6:lengthi3e12:meta versioni2e4:name9:movie.mp412:piece lengthi16384e6:pieces20:"
            + Latin1("a9993e364706816aba3e25717850c26c9cd0d89d")
            + "7:privatei1ee";
        Assert.Equal(expected, Encoding.Latin1.GetString(info.Raw.Span));
        Assert.Equal(InfoHash.OfInfoDictionary(info.Raw.Span), info.InfoHash);
        Assert.Equal(InfoHashV2.OfInfoDictionary(info.Raw.Span), info.InfoHashV2);
        Assert.Empty(info.Layers);
    }

    [Fact]
    public void A_hybrid_folder_is_sorted_and_padded()
    {
        ContentHashes abc = Hash("abc", TorrentVersions.Hybrid, inFolder: true);
        ContentHashes empty = Hash("", TorrentVersions.Hybrid, inFolder: true);
        HashedFile[] files = [new(["b"], abc), new(["a", "y"], empty), new(["a", "x"], abc), new(["a-z"], empty)];
        Assert.True(
            InfoEncoder.TryEncodeFolder("f", files, TorrentVersions.Hybrid, false, out EncodedInfo? info, out _)
        );
        string root = Latin1("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        string leaf = $"d0:d6:lengthi3e11:pieces root32:{root}ee";
        string padding = "d4:attr1:p6:lengthi16381e4:pathl4:.pad5:16381ee";
        string padded = Latin1(
            Convert.ToHexString(System.Security.Cryptography.SHA1.HashData([.. "abc"u8, .. new byte[PieceLength - 3]]))
        );
        string expected =
            $"d9:file treed1:ad1:x{leaf}1:yd0:d6:lengthi0eeee3:a-zd0:d6:lengthi0eee1:b{leaf}e"
            + $"5:filesld6:lengthi3e4:pathl1:a1:xee{padding}d6:lengthi0e4:pathl1:a1:yeed6:lengthi0e4:pathl3:a-zee"
            + $"d6:lengthi3e4:pathl1:bee{padding}e12:meta versioni2e4:name1:f12:piece lengthi16384e"
            + $"6:pieces40:{padded}{padded}e";
        Assert.Equal(expected, Encoding.Latin1.GetString(info.Raw.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    public void Names_that_are_none_are_refused(string name)
    {
        ContentHashes hashes = Hash("abc", TorrentVersions.Hybrid, inFolder: true);
        Assert.False(
            InfoEncoder.TryEncodeFile(name, hashes, TorrentVersions.V1, false, out EncodedInfo? info, out string? error)
        );
        Assert.Null(info);
        Assert.NotEmpty(error);
        AssertRefused("f", (["a", name], hashes));
        AssertRefused("f", ([name], hashes));
        AssertRefused(name, (["a"], hashes));
        Assert.False(
            InfoEncoder.TryEncodeUnpaddedFolder("f", [new TorrentFileEntry([name], 3)], hashes, false, out _, out _)
        );
    }

    [Fact]
    public void A_name_that_no_UTF8_can_say_is_refused() => Names_that_are_none_are_refused("half a pair: \ud83d");

    [Fact]
    public void Paths_that_cannot_stand_together_are_refused()
    {
        ContentHashes hashes = Hash("abc", TorrentVersions.Hybrid, inFolder: true);
        AssertRefused("f", (["a"], hashes), (["a"], hashes));
        AssertRefused("f", (["a", "b"], hashes), (["a"], hashes));
        AssertRefused("f", (["a"], hashes), (["a-"], hashes), (["a", "b", "c"], hashes));
        AssertRefused("f", (["b"], hashes), ([".pad", "1"], hashes));
        AssertRefused("f", ([.. Enumerable.Repeat("a", 33)], hashes));
        AssertRefused("f", ([], hashes));
        AssertRefused("f");
        TorrentFileEntry[] entries = [new(["a"], 1), new(["b"], 1), new(["a", "b"], 1)];
        Assert.False(InfoEncoder.TryEncodeUnpaddedFolder("f", entries, hashes, false, out _, out string? error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Nothing_to_share_is_refused()
    {
        ContentHashes empty = Hash("", TorrentVersions.Hybrid, inFolder: true);
        Assert.False(InfoEncoder.TryEncodeFile("a", empty, TorrentVersions.V2, false, out _, out string? error));
        Assert.NotEmpty(error);
        AssertRefused("f", (["a"], empty), (["b"], empty));
    }

    [Fact]
    public void Hashes_that_do_not_fit_are_misuse()
    {
        ContentHashes v1 = Hash("abc", TorrentVersions.V1);
        ContentHashes unpadded = Hash("abc", TorrentVersions.Hybrid);
        Assert.Throws<ArgumentException>(() => File("a", v1, TorrentVersions.V2));
        Assert.Throws<ArgumentException>(() => File("a", v1, TorrentVersions.Hybrid));
        Assert.Throws<ArgumentException>(() => File("a", v1, TorrentVersions.None));
        Assert.Throws<ArgumentException>(() => Folder(TorrentVersions.Hybrid, (["a"], unpadded), (["b"], unpadded)));
        Assert.Throws<ArgumentException>(() => Folder(TorrentVersions.V1, (["a"], unpadded), (["b"], unpadded)));
        using var other = new ContentHasher(2 * PieceLength, TorrentVersions.V2);
        other.Append("abc"u8);
        ContentHashes larger = other.Finish();
        Assert.Throws<ArgumentException>(() => Folder(TorrentVersions.V2, (["a"], unpadded), (["b"], larger)));
        TorrentFileEntry[] entries = [new(["a"], 2)];
        Assert.Throws<ArgumentException>(() =>
            InfoEncoder.TryEncodeUnpaddedFolder("f", entries, v1, false, out _, out _)
        );
    }

    [Fact]
    public void A_folder_of_one_file_needs_no_padding_and_v2_none_at_all()
    {
        ContentHashes unpadded = Hash("abc", TorrentVersions.Hybrid);
        EncodedInfo one = Folder(TorrentVersions.Hybrid, (["a"], unpadded));
        Assert.DoesNotContain(".pad", Encoding.Latin1.GetString(one.Raw.Span), StringComparison.Ordinal);
        EncodedInfo v2 = Folder(TorrentVersions.V2, (["a"], unpadded), (["b"], unpadded));
        Assert.Null(v2.InfoHash);
        Assert.Equal(TorrentVersions.V2, v2.Versions);
    }

    private static EncodedInfo File(string name, ContentHashes hashes, TorrentVersions versions)
    {
        Assert.True(
            InfoEncoder.TryEncodeFile(
                name,
                hashes,
                versions,
                isPrivate: true,
                out EncodedInfo? info,
                out string? error
            ),
            error
        );
        return info;
    }

    private static EncodedInfo Folder(TorrentVersions versions, params (string[] Path, ContentHashes Hashes)[] files)
    {
        HashedFile[] hashed = [.. files.Select(file => new HashedFile(file.Path, file.Hashes))];
        Assert.True(
            InfoEncoder.TryEncodeFolder("f", hashed, versions, false, out EncodedInfo? info, out string? error),
            error
        );
        return info;
    }

    private static void AssertRefused(string name, params (string[] Path, ContentHashes Hashes)[] files)
    {
        HashedFile[] hashed = [.. files.Select(file => new HashedFile(file.Path, file.Hashes))];
        Assert.False(
            InfoEncoder.TryEncodeFolder(
                name,
                hashed,
                TorrentVersions.Hybrid,
                false,
                out EncodedInfo? info,
                out string? error
            )
        );
        Assert.Null(info);
        Assert.NotEmpty(error);
    }

    private static ContentHashes Hash(string content, TorrentVersions versions, bool inFolder = false)
    {
        using var hasher = new ContentHasher(PieceLength, versions, inFolder);
        hasher.Append(Encoding.ASCII.GetBytes(content));
        return hasher.Finish();
    }

    private static string Latin1(string hex) => Encoding.Latin1.GetString(Convert.FromHexString(hex));
}
