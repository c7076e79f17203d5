using Distribution.Contracts.Reports;

namespace Distribution.Contracts.Tests.Reports;

public sealed class ReportBytesTests
{
    [Fact]
    public void Peers_brought_what_our_machines_did_not()
    {
        var bytes = new ReportBytes
        {
            Delivered = new ByteRange(800, 1000),
            WebSeedBytes = 200,
            DirectBytes = 50,
            EdgeBytes = 100,
            EdgeFillBytes = 400,
            ViewerUploadBytes = 9999,
        };
        Assert.Equal(new ByteRange(500, 700), bytes.PeerBytes);
        Assert.Equal(new ShareRange(0.625, 0.7), bytes.Offload);
    }

    [Fact]
    public void Sending_more_than_arrived_is_no_negative_share()
    {
        var bytes = new ReportBytes { Delivered = new ByteRange(10, 20), WebSeedBytes = 25 };
        Assert.Equal(new ByteRange(0, 0), bytes.PeerBytes);
        Assert.Equal(new ShareRange(0, 0), bytes.Offload);
    }

    [Fact]
    public void Nothing_delivered_is_no_share() => Assert.Equal(new ShareRange(0, 0), new ReportBytes().Offload);
}
