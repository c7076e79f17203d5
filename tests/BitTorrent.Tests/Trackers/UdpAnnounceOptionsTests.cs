using System.Text;
using Distribution.BitTorrent.Trackers;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Trackers;

/// <summary>BEP 41.</summary>
public sealed class UdpAnnounceOptionsTests
{
    [Theory]
    // As libtorrent 2.0 sends it: without an end.
    [InlineData("02132f616e6e6f756e63653f6b65793d76616c7565", "/announce?key=value")]
    // In pieces, with padding between them.
    [InlineData("02052f616e6e6f01010204756e636500", "/announce")]
    // An option that nobody knows is passed over.
    [InlineData("7f0361626302012f00", "/")]
    // What comes after the end is no option.
    [InlineData("02012f0002056c61746572", "/")]
    // The two bytes of an older version of the protocol.
    [InlineData("0000", "")]
    [InlineData("020000", "")]
    [InlineData("", "")]
    public void The_url_is_read(string options, string expected)
    {
        byte[] bytes = Convert.FromHexString(options);
        var url = new byte[bytes.Length];

        Assert.True(UdpAnnounceOptions.TryReadUrl(bytes, url, out int written));

        Assert.Equal(expected, Encoding.ASCII.GetString(url, 0, written));
    }

    [Theory]
    // Neither length nor data.
    [InlineData("02", "")]
    // Longer than the packet; what was whole before it holds.
    [InlineData("02012f02ff61", "/")]
    [InlineData("7f05616263", "")]
    public void A_cut_option_ends_them(string options, string expected)
    {
        byte[] bytes = Convert.FromHexString(options);
        var url = new byte[bytes.Length];

        Assert.False(UdpAnnounceOptions.TryReadUrl(bytes, url, out int written));

        Assert.Equal(expected, Encoding.ASCII.GetString(url, 0, written));
    }

    [Fact]
    public void A_url_that_does_not_fit_is_not_half_read()
    {
        byte[] options = [UdpAnnounceOptions.UrlData, 3, 1, 2, 3];

        Assert.False(UdpAnnounceOptions.TryReadUrl(options, new byte[2], out int written));
        Assert.Equal(0, written);
    }

    [Property]
    public bool What_was_written_is_read(byte[] url)
    {
        var options = new byte[url.Length + 2 * (url.Length / byte.MaxValue + 1) + 1];
        int length = UdpAnnounceOptions.Write(url, options);
        var read = new byte[options.Length];
        return UdpAnnounceOptions.TryReadUrl(options.AsSpan(0, length), read, out int written)
            && read.AsSpan(0, written).SequenceEqual(url);
    }

    [Property]
    public bool Noise_gives_no_more_than_it_has(byte[] noise)
    {
        var url = new byte[noise.Length];
        UdpAnnounceOptions.TryReadUrl(noise, url, out int written);
        return written <= noise.Length;
    }
}
