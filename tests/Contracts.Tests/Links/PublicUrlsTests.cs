using Distribution.BitTorrent;
using Distribution.BitTorrent.Magnets;
using Distribution.Contracts.Files;
using Distribution.Contracts.Links;

namespace Distribution.Contracts.Tests.Links;

public sealed class PublicUrlsTests
{
    private static readonly PublicUrls Urls = new(new Uri("http://127.0.0.1:8080"));

    [Fact]
    public void Links_stand_below_the_base()
    {
        Assert.Equal("http://127.0.0.1:8080", Urls.Base);
        Assert.Equal("http://127.0.0.1:8080/announce", Urls.Announce);
        Assert.Equal("http://127.0.0.1:8080/torrents/abc.torrent", Urls.Torrent("abc"));
        Assert.Equal("http://127.0.0.1:8080/webseed/abc/a.mp4", Urls.WebSeed("abc", "a.mp4"));
        Assert.Equal("http://127.0.0.1:8080/download/abc/a.mp4", Urls.Download("abc", "a.mp4"));
        Assert.Equal("http://127.0.0.1:8080/watch/abc", Urls.Watch("abc"));
    }

    [Theory]
    [InlineData("https://v.example", "https://v.example")]
    [InlineData("https://v.example/", "https://v.example")]
    [InlineData("https://v.example:443/cdn/", "https://v.example/cdn")]
    [InlineData("http://[2001:db8::1]:8080", "http://[2001:db8::1]:8080")]
    [InlineData("http://user:secret@v.example/?key=1#x", "http://v.example")]
    [InlineData("http://v.example/a b", "http://v.example/a%20b")]
    public void The_base_is_scheme_host_port_and_path(string given, string expected) =>
        Assert.Equal(expected, new PublicUrls(new Uri(given)).Base);

    [Theory]
    [InlineData("a b.mp4", "a%20b.mp4")]
    [InlineData("100% #1?.mp4", "100%25%20%231%3F.mp4")]
    [InlineData("a+b&c=d;e.mp4", "a%2Bb%26c%3Dd%3Be.mp4")]
    [InlineData("ü.mp4", "%C3%BC.mp4")]
    [InlineData("%2e%2e%2f", "%252e%252e%252f")]
    [InlineData("\"<x>'.mp4", "%22%3Cx%3E%27.mp4")]
    public void Names_are_escaped_and_come_back_as_they_were(string name, string escaped)
    {
        Assert.Equal($"http://127.0.0.1:8080/webseed/id/{escaped}", Urls.WebSeed("id", name));
        Assert.Equal($"http://127.0.0.1:8080/download/id/{escaped}", Urls.Download("id", name));
        var parsed = new Uri(Urls.WebSeed("id", name));
        Assert.Equal("", parsed.Query + parsed.Fragment);
        Assert.Equal(name, Uri.UnescapeDataString(parsed.Segments[^1]));
    }

    [Fact]
    public void The_magnet_names_everything_a_client_needs()
    {
        PublishedFile file = File(
            new FileContent(InfoHash.OfInfoDictionary("x"u8), 16384, 1, new string('0', 64)),
            name: "a & b.mp4"
        );
        string magnet = Assert.IsType<string>(Urls.Magnet(file));
        Assert.True(MagnetLink.TryParse(magnet, out MagnetLink? link, out string? error), error);
        Assert.Equal(InfoHash.OfInfoDictionary("x"u8), link.InfoHash);
        Assert.Equal("a & b.mp4", link.DisplayName);
        Assert.Equal(1234, link.LengthBytes);
        Assert.Equal([Urls.Announce], link.Trackers);
        Assert.Equal([Urls.WebSeed("id", "a & b.mp4")], link.WebSeeds);
        Assert.Equal(Urls.Torrent("id"), link.ExactSource);
    }

    [Fact]
    public void A_hybrids_magnet_names_both_info_hashes()
    {
        InfoHashV2 v2 = InfoHashV2.OfInfoDictionary("x"u8);
        PublishedFile file = File(
            new FileContent(InfoHash.OfInfoDictionary("x"u8), 16384, 1, new string('0', 64), v2),
            name: "a.mp4"
        );
        string magnet = Assert.IsType<string>(Urls.Magnet(file));
        Assert.Contains($"xt=urn:btih:{InfoHash.OfInfoDictionary("x"u8)}&", magnet, StringComparison.Ordinal);
        Assert.Contains($"xt=urn:btmh:1220{v2}&", magnet, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folders_web_seed_and_download_are_bases_of_its_files()
    {
        PublishedFile folder = File(
            new FileContent(InfoHash.OfInfoDictionary("x"u8), 16384, 1, new string('0', 64)),
            name: "a & b"
        ) with
        {
            FolderFileCount = 1,
        };
        // BEP 19: a client adds "a & b/", and the file's path.
        Assert.Equal("http://127.0.0.1:8080/webseed/id/", Urls.WebSeed(folder));
        Assert.Equal("http://127.0.0.1:8080/download/id/a%20%26%20b/", Urls.Download(folder));
        Assert.True(MagnetLink.TryParse(Urls.Magnet(folder)!, out MagnetLink? link, out string? error), error);
        Assert.Equal([Urls.WebSeed(folder)], link.WebSeeds);

        PublishedFile file = folder with { FolderFileCount = 0 };
        Assert.Equal(Urls.WebSeed("id", "a & b"), Urls.WebSeed(file));
        Assert.Equal(Urls.Download("id", "a & b"), Urls.Download(file));
    }

    [Fact]
    public void There_is_no_magnet_before_publication() => Assert.Null(Urls.Magnet(File(content: null, "a")));

    private static PublishedFile File(FileContent? content, string name) =>
        new()
        {
            Id = "id",
            PublisherId = Publishers.Default,
            Title = "t",
            Name = name,
            ContentType = "video/mp4",
            SizeBytes = 1234,
            State = FileState.Published,
            CreatedAt = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero),
            Content = content,
        };
}
