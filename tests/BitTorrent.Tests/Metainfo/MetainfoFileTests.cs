using System.Text;
using Distribution.BitTorrent.Bencode;
using Distribution.BitTorrent.Metainfo;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Metainfo;

public sealed class MetainfoFileTests
{
    private static readonly DateTimeOffset CreatedAt = new(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_torrent_file_round_trips_and_keeps_the_info_bytes()
    {
        byte[] info = Torrents.SingleFileInfo("a.mp4", new byte[50_000], 16384);
        string[] trackers = ["http://one.example/announce", "udp://two.example:6969/announce"];
        string[] webSeeds = ["http://one.example/webseed/id/a.mp4"];

        byte[] encoded = MetainfoFile.Encode(info, trackers, webSeeds, CreatedAt, "Distribution");

        Assert.True(MetainfoFile.TryParse(encoded, out MetainfoFile? file, out string? error), error);
        Assert.Equal(trackers, file.Trackers);
        Assert.Equal(webSeeds, file.WebSeeds);
        Assert.True(file.Info.Raw.Span.SequenceEqual(info));
        Assert.Equal(InfoHash.OfInfoDictionary(info), file.Info.InfoHash);
        Assert.True(BencodeValue.TryParse(encoded, BencodeLimits.Metainfo, out BencodeValue? root, out _));
        Assert.Equal(trackers[0], root["announce"u8]?.AsText);
        Assert.Equal(CreatedAt.ToUnixTimeSeconds(), root["creation date"u8]?.AsInteger);
        Assert.Equal("Distribution", root["created by"u8]?.AsText);
    }

    [Fact]
    public void Trackers_and_web_seeds_may_be_missing()
    {
        byte[] encoded = MetainfoFile.Encode(Torrents.Info(), [], [], CreatedAt, "");
        Assert.True(MetainfoFile.TryParse(encoded, out MetainfoFile? file, out string? error), error);
        Assert.Empty(file.Trackers);
        Assert.Empty(file.WebSeeds);
    }

    [Theory]
    [InlineData("8:announce3:uno13:announce-listll3:uno3:duoel4:tresee", "uno,duo,tres")]
    [InlineData("8:announce3:uno", "uno")]
    [InlineData("8:announce3:uno13:announce-listle", "uno")]
    [InlineData("8:announce3:uno13:announce-listl3:duoi1ed1:ai1eee", "uno")]
    [InlineData("8:announcei1e", "")]
    [InlineData("8:announce0:", "")]
    public void Tiers_are_flattened_and_nonsense_passed_over(string head, string expected)
    {
        MetainfoFile file = Parse(head, tail: "");
        Assert.Equal(expected, string.Join(',', file.Trackers));
    }

    [Theory]
    [InlineData("8:url-list5:a url", "a url")]
    [InlineData("8:url-listl5:a url5:b urle", "a url,b url")]
    [InlineData("8:url-listl0:i5e5:b urle", "b url")]
    [InlineData("8:url-list0:", "")]
    [InlineData("8:url-listde", "")]
    public void The_url_list_is_a_string_or_a_list(string tail, string expected) =>
        Assert.Equal(expected, string.Join(',', Parse(head: "", tail).WebSeeds));

    [Theory]
    [InlineData("hello", "bencode")]
    [InlineData("", "bencode")]
    [InlineData("de", "no info dictionary")]
    [InlineData("le", "no info dictionary")]
    [InlineData("d4:infoi1ee", "no dictionary")]
    [InlineData("d4:infodee", "name")]
    public void Refuses(string encoded, string expected)
    {
        Assert.False(
            MetainfoFile.TryParse(Encoding.ASCII.GetBytes(encoded), out MetainfoFile? file, out string? error)
        );
        Assert.Null(file);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Property(MaxTest = 2000)]
    public void Mutated_torrents_never_throw(int seed)
    {
        var random = new Random(seed);
        byte[] info = Torrents.Info(
            length: null,
            files: $"l{Torrents.File("i1e", "a", "b")}{Torrents.File("i2e", "c")}e"
        );
        byte[] encoded = MetainfoFile.Encode(info, ["http://t.example/"], ["http://w.example/"], CreatedAt, "x");
        for (int i = 0; i < random.Next(1, 6); i++)
            encoded[random.Next(encoded.Length)] = (byte)random.Next(256);

        if (MetainfoFile.TryParse(encoded, out MetainfoFile? file, out string? error))
            Assert.Equal(file.Info.LengthBytes, file.Info.Files.Sum(entry => entry.LengthBytes));
        else
            Assert.NotEmpty(error);
    }

    private static MetainfoFile Parse(string head, string tail)
    {
        byte[] encoded =
        [
            (byte)'d',
            .. Encoding.ASCII.GetBytes(head),
            .. "4:info"u8,
            .. Torrents.Info(),
            .. Encoding.ASCII.GetBytes(tail),
            (byte)'e',
        ];
        Assert.True(MetainfoFile.TryParse(encoded, out MetainfoFile? file, out string? error), error);
        return file;
    }
}
