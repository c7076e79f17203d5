using System.Text;
using Distribution.BitTorrent.Magnets;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Magnets;

public sealed class MagnetLinkTests
{
    private const string Hex = "c12fe1c06bba254a9dc9f519b335aa7c1367a88a";
    private const string HexV2 = "caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302e";
    private const string Base32 = "YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK";

    [Fact]
    public void A_link_round_trips()
    {
        var link = new MagnetLink
        {
            InfoHash = InfoHash.Parse(Hex),
            DisplayName = "Ü & co = 100% + more#?.mp4",
            LengthBytes = 1_234_567_890_123,
            Trackers = ["http://t.example:8080/announce?key=a&b=c+d", "udp://u.example:6969"],
            WebSeeds = ["http://w.example/webseed/1/a%20b.mp4"],
            ExactSource = "https://w.example/torrents/1.torrent",
        };

        string text = link.ToString();

        Assert.StartsWith($"magnet:?xt=urn:btih:{Hex}&dn=", text, StringComparison.Ordinal);
        MagnetLink parsed = Parse(text);
        Assert.Equal(link.InfoHash, parsed.InfoHash);
        Assert.Equal(link.DisplayName, parsed.DisplayName);
        Assert.Equal(link.LengthBytes, parsed.LengthBytes);
        Assert.Equal(link.Trackers, parsed.Trackers);
        Assert.Equal(link.WebSeeds, parsed.WebSeeds);
        Assert.Equal(link.ExactSource, parsed.ExactSource);
        Assert.Equal(text, parsed.ToString());
    }

    [Fact]
    public void The_hash_alone_is_a_link()
    {
        MagnetLink link = Parse($"magnet:?xt=urn:btih:{Hex}");
        Assert.Equal(Hex, link.InfoHash.ToString());
        Assert.Null(link.DisplayName);
        Assert.Null(link.LengthBytes);
        Assert.Null(link.ExactSource);
        Assert.Empty(link.Trackers);
        Assert.Empty(link.WebSeeds);
        Assert.Equal($"magnet:?xt=urn:btih:{Hex}", link.ToString());
    }

    [Theory]
    [InlineData($"magnet:?xt=urn:btih:{Base32}")]
    [InlineData("magnet:?xt=urn:btih:yex6dqdlxisuvhoj6um3gnnkpqjwpkek")]
    [InlineData($"MAGNET:?XT=URN:BTIH:{Base32}")]
    [InlineData("magnet:?xt=urn:btih:C12FE1C06BBA254A9DC9F519B335AA7C1367A88A")]
    [InlineData($"magnet:?dn=x&xt=urn:sha1:{Base32}&xt=urn:btih:{Hex}")]
    [InlineData($"magnet:?xt.1=urn:btih:{Hex}&xt.2=urn:btih:0000000000000000000000000000000000000000")]
    [InlineData($"magnet:?xt=urn%3Abtih%3A{Hex}")]
    [InlineData(
        $"magnet:?xt=urn:btmh:1220caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302e&xt=urn:btih:{Hex}"
    )]
    public void The_hash_is_found_however_it_is_written(string text) =>
        Assert.Equal(Hex, Parse(text).InfoHash.ToString());

    [Fact]
    public void A_hybrid_names_both_hashes()
    {
        MagnetLink link = Parse($"magnet:?xt=urn:btmh:1220{HexV2.ToUpperInvariant()}&dn=x&xt=urn:btih:{Hex}");
        Assert.Equal(TorrentVersions.Hybrid, link.Versions);
        Assert.Equal(Hex, link.InfoHash.ToString());
        Assert.Equal(HexV2, link.InfoHashV2.ToString());
        Assert.Equal($"magnet:?xt=urn:btih:{Hex}&xt=urn:btmh:1220{HexV2}&dn=x", link.ToString());
    }

    [Fact]
    public void A_v2_link_is_known_on_the_wire_by_its_truncated_hash()
    {
        MagnetLink link = Parse($"magnet:?xt=urn:btmh:1220{HexV2}&tr=udp%3A%2F%2Ft");
        Assert.Equal(TorrentVersions.V2, link.Versions);
        Assert.Equal(HexV2[..40], link.InfoHash.ToString());
        Assert.Equal($"magnet:?xt=urn:btmh:1220{HexV2}&tr=udp%3A%2F%2Ft", link.ToString());
        Assert.Equal(TorrentVersions.V1, Parse($"magnet:?xt=urn:btih:{Hex}").Versions);
    }

    [Fact]
    public void Values_of_one_kind_may_be_numbered()
    {
        MagnetLink link = Parse(
            $"magnet:?xt=urn:btih:{Hex}&tr.1=http%3A%2F%2Fone&tr.2=http%3A%2F%2Ftwo&tr=udp%3A%2F%2Fthree&ws.0=http%3A%2F%2Fw"
        );
        Assert.Equal(["http://one", "http://two", "udp://three"], link.Trackers);
        Assert.Equal(["http://w"], link.WebSeeds);
    }

    [Fact]
    public void The_first_valid_value_counts_and_empty_ones_do_not()
    {
        MagnetLink link = Parse(
            $"magnet:?&&dn=&dn=one&dn=two&xl=x&xl=-1&xl=7&xl=8&tr=&tr&=tr&xs=urn:btpk:ab&xs=file:///etc/passwd&xs=http://a/t&xs=http://b/t&x.pe=1.2.3.4:5&xt=urn:btih:{Hex}&xt=urn:btih:{new string('0', 40)}"
        );
        Assert.Equal("one", link.DisplayName);
        Assert.Equal(7, link.LengthBytes);
        Assert.Empty(link.Trackers);
        Assert.Equal("http://a/t", link.ExactSource);
        Assert.Equal(Hex, link.InfoHash.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("magnet:")]
    [InlineData("magnet:?")]
    [InlineData("http://example/?xt=urn:btih:" + Hex)]
    [InlineData(" magnet:?xt=urn:btih:" + Hex)]
    [InlineData("magnet:?xt=urn:btih:")]
    [InlineData("magnet:?xt=urn:btih:c12fe1")]
    [InlineData("magnet:?xt=urn:btih:" + Hex + "00")]
    [InlineData("magnet:?xt=urn:btih:g12fe1c06bba254a9dc9f519b335aa7c1367a88a")]
    [InlineData("magnet:?xt=urn:btih:0EX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK")]
    [InlineData("magnet:?xt=urn:btih:1EX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK")]
    [InlineData("magnet:?xt=urn:btih:\u017FEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK")]
    [InlineData("magnet:?xt=urn:sha1:" + Base32)]
    [InlineData("magnet:?xt=urn:btmh:caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302e")]
    [InlineData("magnet:?xt=urn:btmh:1114c12fe1c06bba254a9dc9f519b335aa7c1367a88a")]
    [InlineData("magnet:?xt=urn:btmh:1220c12fe1c06bba254a9dc9f519b335aa7c1367a88a")]
    [InlineData("magnet:?dn=no+hash")]
    public void Refuses(string text)
    {
        Assert.False(MagnetLink.TryParse(text, out MagnetLink? link, out string? error));
        Assert.Null(link);
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Length_is_bounded()
    {
        string head = $"magnet:?xt=urn:btih:{Hex}&dn=";
        Assert.True(MagnetLink.TryParse(head + new string('a', MagnetLink.MaxLength - head.Length), out _, out _));
        Assert.False(MagnetLink.TryParse(head + new string('a', MagnetLink.MaxLength - head.Length + 1), out _, out _));
    }

    [Property(MaxTest = 1000)]
    public void Any_name_round_trips(FsCheck.UnicodeString? name)
    {
        // Half a surrogate pair has no UTF-8 and comes back as U+FFFD.
        string text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name?.Get ?? ""));
        var link = new MagnetLink { InfoHash = InfoHash.Parse(Hex), DisplayName = text.Length == 0 ? null : text };
        Assert.Equal(link.DisplayName, Parse(link.ToString()).DisplayName);
    }

    [Property(MaxTest = 3000)]
    public void Hostile_text_never_throws(int seed)
    {
        var random = new Random(seed);
        string[] parts =
        [
            "&",
            "=",
            "%",
            "%F",
            "%FF",
            "%00",
            "xt",
            "urn:btih:",
            Hex,
            Base32,
            ".",
            "tr",
            "+",
            "\uD800",
            "xl=",
            "9",
        ];
        string text =
            "magnet:?"
            + string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => parts[random.Next(parts.Length)]));
        if (MagnetLink.TryParse(text, out MagnetLink? link, out string? error))
            Assert.Equal(link.InfoHash, Parse(link.ToString()).InfoHash);
        else
            Assert.NotEmpty(error);
    }

    private static MagnetLink Parse(string text)
    {
        Assert.True(MagnetLink.TryParse(text, out MagnetLink? link, out string? error), error);
        return link;
    }
}
