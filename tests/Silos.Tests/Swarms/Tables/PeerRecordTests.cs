using System.Runtime.CompilerServices;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Tests.Swarms.Tables;

public sealed class PeerRecordTests
{
    private const long Size = 1_000_000;

    [Fact]
    public void Is_as_small_as_it_says() => Assert.Equal(40, Unsafe.SizeOf<PeerRecord>());

    [Fact]
    public void A_session_in_it_tells_the_same_news_as_the_whole_one()
    {
        var random = new Random(3);
        long[] lefts = [0, 1, 16384, 500_000, Size, Size + 1, long.MaxValue, -1];
        int news = 0;
        for (int life = 0; life < 2000; life++)
        {
            ViewerSession session = default;
            for (int step = 0; step < 12; step++)
            {
                var announce = new AnnouncedProgress(
                    (AnnounceEvent)random.Next(5),
                    lefts[random.Next(lefts.Length)],
                    random.Next(4) * 1000,
                    random.Next(3) * 400_000
                );
                ViewerSession next = session.Next(announce, Size, UploadClaims.Unbounded);
                var record = new PeerRecord();
                record.SetSession(session);
                Assert.True(record.TryGetSession(out ViewerSession kept));
                Assert.Equal(session.CreditBytes > 0, kept.CreditBytes > 0);
                // Of a viewer that is marked already, another mark alone is no news.
                bool isMarked = session.Anomalies != AnnounceAnomalies.None;
                bool isNews = (isMarked ? next with { Anomalies = session.Anomalies } : next) != session;
                Assert.Equal(isNews, kept.Next(announce, Size, UploadClaims.Unbounded) != kept);
                news += isNews ? 1 : 0;
                session = next;
            }
        }
        Assert.InRange(news, 2000, 23_000);
    }

    [Fact]
    public void What_it_cannot_hold_is_booked_each_time()
    {
        var record = new PeerRecord();
        record.SetSession(new ViewerSession(ViewerPhase.Counted, 1L << 47, 1L << 47, 0, 0, false));
        Assert.False(record.TryGetSession(out _));
        record.SetSession(new ViewerSession(ViewerPhase.Counted, 5, 5, 0, long.MaxValue, false));
        Assert.False(record.TryGetSession(out _));
    }
}
