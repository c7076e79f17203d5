using System.Text;
using Distribution.BitTorrent.Trackers;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Trackers;

public sealed class HttpAnnounceQueryTests
{
    // As libtorrent, Transmission and aria2 sent them.
    private const string LibtorrentQuery =
        "info_hash=%a0%f1%d9%16%ea%f9%89%c0%e4%02%bb%14%9c%a3%da%1a%81%5eB%dd&peer_id=-LT2080-Te8V.CCkO_zW&port=33111"
        + "&uploaded=0&downloaded=0&left=16384&corrupt=0&key=CE7FDB0A&event=started&numwant=200&compact=1&no_peer_id=1"
        + "&supportcrypto=1&redundant=0";

    private const string TransmissionQuery =
        "info_hash=%a0%f1%d9%16%ea%f9%89%c0%e4%02%bb%14%9c%a3%da%1a%81%5eB%dd&peer_id=-TR3000-yaa3wqzuk2jx&port=29092"
        + "&uploaded=0&downloaded=0&left=9223372036854775807&numwant=80&key=6bd164b9&compact=1&supportcrypto=1&event=started";

    private const string Aria2Query =
        "info_hash=%3B1%FF%BE%85%81%60%22%F4%FD%F5W7%0DZ%11%B4%A2s%20&peer_id=A2-1-36-0-%18%82%ABH%F9%99%E1%09~%28&uploaded=0"
        + "&downloaded=0&left=0&compact=1&key=%ABH%F9%99%E1%09~%28&numwant=50&no_peer_id=1&port=29101&event=started&supportcrypto=1";

    private const string Least = "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb&port=1";

    [Fact]
    public void Reads_what_libtorrent_sends()
    {
        HttpAnnounceQuery query = Parse(LibtorrentQuery);

        Assert.Equal("a0f1d916eaf989c0e402bb149ca3da1a815e42dd", query.InfoHash.ToString());
        Assert.Equal("-LT2080-Te8V.CCkO_zW"u8.ToArray(), query.PeerId.AsSpan().ToArray());
        Assert.Equal(33111, query.Port);
        Assert.Equal(16384, query.LeftBytes);
        Assert.Equal(TrackerEvent.Started, query.Event);
        Assert.Equal(200, query.NumWant);
        Assert.True(query.Compact);
        Assert.True(query.NoPeerId);
        Assert.Equal(0x4345374644423041UL, query.Key);
    }

    [Fact]
    public void Reads_what_transmission_sends_before_it_has_metadata()
    {
        Assert.Equal(HttpAnnounceQuery.UnknownLeft, Parse(TransmissionQuery).LeftBytes);
    }

    [Fact]
    public void Reads_what_aria2_sends()
    {
        HttpAnnounceQuery query = Parse(Aria2Query);

        Assert.Equal("3b31ffbe85816022f4fdf557370d5a11b4a27320", query.InfoHash.ToString());
        Assert.Equal("41322d312d33362d302d1882ab48f999e1097e28", query.PeerId.ToString());
        Assert.Equal(0, query.LeftBytes);
    }

    [Fact]
    public void Missing_counts_have_their_defaults()
    {
        HttpAnnounceQuery query = Parse(Least);

        Assert.Equal(0, query.UploadedBytes);
        Assert.Equal(0, query.DownloadedBytes);
        Assert.Equal(HttpAnnounceQuery.UnknownLeft, query.LeftBytes);
        Assert.Equal(TrackerEvent.None, query.Event);
        Assert.Null(query.NumWant);
        Assert.True(query.Compact);
        Assert.False(query.NoPeerId);
    }

    [Theory]
    [InlineData("left=-1", -1)]
    [InlineData("left=18446744073709551615", long.MaxValue)]
    [InlineData("left=99999999999999999999999999999999", long.MaxValue)]
    public void Left_is_taken_as_sent_within_64_bits(string parameter, long left)
    {
        Assert.Equal(left, Parse($"{Least}&{parameter}").LeftBytes);
    }

    [Theory]
    [InlineData("event=", TrackerEvent.None)]
    [InlineData("event=empty", TrackerEvent.None)]
    [InlineData("event=started", TrackerEvent.Started)]
    [InlineData("event=stopped", TrackerEvent.Stopped)]
    [InlineData("event=completed", TrackerEvent.Completed)]
    [InlineData("event=paused", TrackerEvent.Paused)]
    public void Events(string parameter, TrackerEvent expected)
    {
        Assert.Equal(expected, Parse($"{Least}&{parameter}").Event);
    }

    [Theory]
    [InlineData("numwant=-1", null)]
    [InlineData("numwant=0", 0)]
    [InlineData("numwant=99999999999", int.MaxValue)]
    public void Numwant(string parameter, int? expected)
    {
        Assert.Equal(expected, Parse($"{Least}&{parameter}").NumWant);
    }

    [Fact]
    public void Plus_stands_for_itself_and_the_address_parameter_is_skipped()
    {
        HttpAnnounceQuery query = Parse(
            "?info_hash=++++++++++++++++++++&peer_id=bbbbbbbbbbbbbbbbbbbb&port=1&ip=10.0.0.1&compact=0"
        );

        Assert.Equal("++++++++++++++++++++"u8.ToArray(), query.InfoHash.AsSpan().ToArray());
        Assert.False(query.Compact);
    }

    [Theory]
    [InlineData("", TrackerQueryError.MissingInfoHash)]
    [InlineData("&&&=&?", TrackerQueryError.MissingInfoHash)]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb&port=1", TrackerQueryError.InvalidInfoHash)]
    [InlineData(
        "info_hash=aaaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb&port=1",
        TrackerQueryError.InvalidInfoHash
    )]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaa%4&peer_id=bbbbbbbbbbbbbbbbbbbb&port=1", TrackerQueryError.InvalidEscape)]
    [InlineData(
        "info_hash=aaaaaaaaaaaaaaaaaaa%zz&peer_id=bbbbbbbbbbbbbbbbbbbb&port=1",
        TrackerQueryError.InvalidEscape
    )]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&port=1", TrackerQueryError.MissingPeerId)]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=short&port=1", TrackerQueryError.InvalidPeerId)]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb", TrackerQueryError.MissingPort)]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb&port=0", TrackerQueryError.InvalidPort)]
    [InlineData(
        "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb&port=65536",
        TrackerQueryError.InvalidPort
    )]
    [InlineData(Least + "&left=", TrackerQueryError.InvalidNumber)]
    [InlineData(Least + "&left=-", TrackerQueryError.InvalidNumber)]
    [InlineData(Least + "&uploaded=0x10", TrackerQueryError.InvalidNumber)]
    [InlineData(Least + "&event=STARTED", TrackerQueryError.InvalidEvent)]
    [InlineData(Least + "&info_hash=aaaaaaaaaaaaaaaaaaaa", TrackerQueryError.TooManyInfoHashes)]
    public void Says_what_is_wrong(string query, TrackerQueryError expected)
    {
        Assert.False(HttpAnnounceQuery.TryParse(Encoding.Latin1.GetBytes(query), out _, out TrackerQueryError error));
        Assert.Equal(expected, error);
        Assert.NotEmpty(error.Describe());
    }

    [Fact]
    public void Is_bounded()
    {
        byte[] tooLong = Encoding.ASCII.GetBytes(Least + "&x=" + new string('a', 9000));
        byte[] tooMany = Encoding.ASCII.GetBytes(Least + string.Concat(Enumerable.Repeat("&x=1", 200)));

        Assert.False(HttpAnnounceQuery.TryParse(tooLong, out _, out TrackerQueryError error));
        Assert.Equal(TrackerQueryError.QueryTooLong, error);
        Assert.False(HttpAnnounceQuery.TryParse(tooMany, out _, out error));
        Assert.Equal(TrackerQueryError.TooManyParameters, error);
    }

    [Property]
    public void Any_ids_survive_percent_encoding(byte[] seed, ushort port, uint left)
    {
        byte[] infoHash = Fill(seed, 1);
        byte[] peerId = Fill(seed, 2);
        string query = $"info_hash={Escape(infoHash)}&peer_id={Escape(peerId)}&port={port | 1}&left={left}";

        HttpAnnounceQuery parsed = Parse(query);

        Assert.Equal(infoHash, parsed.InfoHash.AsSpan().ToArray());
        Assert.Equal(peerId, parsed.PeerId.AsSpan().ToArray());
        Assert.Equal(port | 1, parsed.Port);
        Assert.Equal(left, parsed.LeftBytes);
    }

    [Property(MaxTest = 500)]
    public void Never_throws(byte[] noise, int cutAt)
    {
        _ = HttpAnnounceQuery.TryParse(noise, out _, out _);
        // A valid query with a piece of noise somewhere in it.
        byte[] query = Encoding.ASCII.GetBytes(LibtorrentQuery);
        int at = (int)((uint)cutAt % query.Length);
        byte[] broken = [.. query.AsSpan(0, at), .. noise, .. query.AsSpan(at)];
        bool parsed = HttpAnnounceQuery.TryParse(broken, out _, out TrackerQueryError error);
        Assert.Equal(parsed, error == TrackerQueryError.None);
        Span<InfoHash> hashes = new InfoHash[3];
        parsed = HttpScrapeQuery.TryParse(broken, hashes, out int count, out error);
        Assert.Equal(parsed, error == TrackerQueryError.None);
        Assert.InRange(count, 0, 3);
    }

    [Fact]
    public void Scrape_names_several()
    {
        var hashes = new InfoHash[2];
        byte[] two = Encoding.ASCII.GetBytes("info_hash=aaaaaaaaaaaaaaaaaaaa&x=1&info_hash=%62bbbbbbbbbbbbbbbbbbb");

        Assert.True(HttpScrapeQuery.TryParse(two, hashes, out int count, out _));
        Assert.Equal(2, count);
        Assert.Equal("bbbbbbbbbbbbbbbbbbbb"u8.ToArray(), hashes[1].AsSpan().ToArray());
        Assert.False(HttpScrapeQuery.TryParse(two, hashes.AsSpan(0, 1), out _, out TrackerQueryError error));
        Assert.Equal(TrackerQueryError.TooManyInfoHashes, error);
        Assert.False(HttpScrapeQuery.TryParse([], hashes, out _, out error));
        Assert.Equal(TrackerQueryError.MissingInfoHash, error);
        Assert.False(HttpScrapeQuery.TryParse("info_hash=short"u8, hashes, out _, out error));
        Assert.Equal(TrackerQueryError.InvalidInfoHash, error);
    }

    private static HttpAnnounceQuery Parse(string query)
    {
        Assert.True(
            HttpAnnounceQuery.TryParse(
                Encoding.Latin1.GetBytes(query),
                out HttpAnnounceQuery parsed,
                out TrackerQueryError error
            ),
            error.Describe()
        );
        return parsed;
    }

    private static byte[] Fill(byte[] seed, byte salt)
    {
        var bytes = new byte[20];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)((seed.Length == 0 ? 0 : seed[i % seed.Length]) + salt * i);
        return bytes;
    }

    // A mix of what clients do: raw, upper-case and lower-case escapes.
    private static string Escape(byte[] bytes) =>
        string.Concat(
            bytes.Select(static value =>
                char.IsAsciiLetterOrDigit((char)value) ? ((char)value).ToString()
                : value % 2 == 0 ? $"%{value:X2}"
                : $"%{value:x2}"
            )
        );
}
