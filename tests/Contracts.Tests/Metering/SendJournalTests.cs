using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;

namespace Distribution.Contracts.Tests.Metering;

public sealed class SendJournalTests : IDisposable
{
    private static readonly IPAddress Viewer = IPAddress.Parse("192.0.2.7");

    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Counts_per_file_receiver_kind_and_hour()
    {
        using SendJournal journal = _folder.Open();
        journal.Meter(JournalFolder.File1, Viewer, SendKind.WebSeed).Add(10);
        journal.Meter(JournalFolder.File1, Viewer, SendKind.WebSeed).Add(5);
        journal.Meter(JournalFolder.File1, Viewer, SendKind.Direct).Add(3);
        journal.Meter(JournalFolder.File1, IPAddress.Parse("2001:db8::1"), SendKind.WebSeed).Add(2);
        journal.Meter(InfoHash.OfInfoDictionary("2"u8), Viewer, SendKind.WebSeed).Add(1);

        IReadOnlyList<SendCounter> snapshot = journal.Snapshot();

        Assert.Equal(
            ["192.0.2.7 Direct 10 3", "192.0.2.7 WebSeed 10 1", "192.0.2.7 WebSeed 10 15", "2001:db8::1 WebSeed 10 2"],
            JournalFolder.Show(snapshot)
        );
        Assert.Equal(15, Assert.Single(snapshot, Is(JournalFolder.File1, SendKind.WebSeed, "192.0.2.7")).BytesSent);

        static Predicate<SendCounter> Is(InfoHash file, SendKind kind, string address) =>
            counter => counter.InfoHash == file.ToString() && counter.Kind == kind && counter.Address == address;
    }

    [Fact]
    public void Snapshots_are_cumulative_and_change_nothing()
    {
        using SendJournal journal = _folder.Open();
        SendMeter meter = journal.Meter(JournalFolder.File1, Viewer, SendKind.Edge);
        meter.Add(7);
        Assert.Equal(7, JournalFolder.Sum(journal.Snapshot()));
        Assert.Equal(7, JournalFolder.Sum(journal.Snapshot()));
        meter.Add(4);
        Assert.Equal(11, JournalFolder.Sum(journal.Snapshot()));
    }

    [Fact]
    public void Nothing_is_no_count()
    {
        using SendJournal journal = _folder.Open();
        SendMeter meter = journal.Meter(JournalFolder.File1, Viewer, SendKind.Edge);
        meter.Add(0);
        meter.Add(-5);
        Assert.Empty(journal.Snapshot());
    }

    [Fact]
    public void An_address_counts_once_however_it_is_written()
    {
        using SendJournal journal = _folder.Open();
        journal.Meter(JournalFolder.File1, Viewer, SendKind.Edge).Add(1);
        journal.Meter(JournalFolder.File1, Viewer.MapToIPv6(), SendKind.Edge).Add(2);
        journal.Meter(JournalFolder.File1, IPAddress.Parse("fe80::1%3"), SendKind.Edge).Add(4);
        journal.Meter(JournalFolder.File1, IPAddress.Parse("fe80::1"), SendKind.Edge).Add(8);
        Assert.Equal(["192.0.2.7 Edge 10 3", "fe80::1 Edge 10 12"], JournalFolder.Show(journal.Snapshot()));
    }

    [Fact]
    public void Counts_and_epoch_survive_reopening()
    {
        string epoch;
        string[] shown;
        using (SendJournal journal = _folder.Open())
        {
            epoch = journal.Epoch;
            journal.Meter(JournalFolder.File1, Viewer, SendKind.WebSeed).Add(10);
            journal.Meter(JournalFolder.File1, IPAddress.Parse("2001:db8::1"), SendKind.EdgeFill).Add(long.MaxValue);
            shown = JournalFolder.Show(journal.Snapshot());
        }
        using SendJournal reopened = _folder.Open();
        Assert.Equal(epoch, reopened.Epoch);
        Assert.Matches("^[0-9a-f]{16}$", epoch);
        Assert.Equal(shown, JournalFolder.Show(reopened.Snapshot()));

        reopened.Meter(JournalFolder.File1, Viewer, SendKind.WebSeed).Add(1);
        Assert.Contains("192.0.2.7 WebSeed 10 11", JournalFolder.Show(reopened.Snapshot()));
    }

    [Fact]
    public void Each_file_has_an_epoch_of_its_own()
    {
        using SendJournal one = _folder.Open();
        using SendJournal two = SendJournal.Open(_folder.Path + ".2", _folder.Clock);
        Assert.NotEqual(one.Epoch, two.Epoch);
    }

    [Fact]
    public void A_meter_turns_to_the_next_hour_by_itself()
    {
        using SendJournal journal = _folder.Open();
        SendMeter meter = journal.Meter(JournalFolder.File1, Viewer, SendKind.WebSeed);
        _folder.Clock.SetUtcNow(new DateTimeOffset(2025, 6, 1, 10, 59, 59, 999, TimeSpan.Zero));
        meter.Add(1);
        _folder.Clock.Advance(TimeSpan.FromMilliseconds(1));
        meter.Add(2);
        _folder.Clock.Advance(TimeSpan.FromHours(2));
        meter.Add(4);
        Assert.Equal(
            ["192.0.2.7 WebSeed 10 1", "192.0.2.7 WebSeed 11 2", "192.0.2.7 WebSeed 13 4"],
            JournalFolder.Show(journal.Snapshot())
        );
    }

    [Fact]
    public void Acknowledging_frees_only_hours_that_are_over_and_have_not_grown()
    {
        using SendJournal journal = _folder.Open();
        SendMeter meter = journal.Meter(JournalFolder.File1, Viewer, SendKind.WebSeed);
        meter.Add(1);
        IReadOnlyList<SendCounter> early = journal.Snapshot();
        journal.Acknowledge(early);
        Assert.Equal(["192.0.2.7 WebSeed 10 1"], JournalFolder.Show(journal.Snapshot()));

        meter.Add(1);
        IReadOnlyList<SendCounter> late = journal.Snapshot();
        TimeSpan untilOver = TimeSpan.FromMinutes(30) + TimeSpan.FromSeconds(SendJournal.GraceSeconds);
        _folder.Clock.Advance(untilOver - TimeSpan.FromSeconds(1));
        journal.Acknowledge(late);
        Assert.Equal(["192.0.2.7 WebSeed 10 2"], JournalFolder.Show(journal.Snapshot()));

        _folder.Clock.Advance(TimeSpan.FromSeconds(1));
        journal.Acknowledge(early);
        Assert.Equal(["192.0.2.7 WebSeed 10 2"], JournalFolder.Show(journal.Snapshot()));
        journal.Acknowledge(late);
        Assert.Empty(journal.Snapshot());
        journal.Acknowledge(late);

        meter.Add(9);
        Assert.Equal(["192.0.2.7 WebSeed 11 9"], JournalFolder.Show(journal.Snapshot()));
    }

    [Fact]
    public void What_was_freed_stays_away_after_reopening_and_its_room_is_used_again()
    {
        using (SendJournal journal = _folder.Open())
        {
            for (int hour = 0; hour < 40; hour++)
            {
                for (int i = 0; i < 1000; i++)
                    journal.Meter(JournalFolder.File1, JournalFolder.Receiver(i), SendKind.WebSeed).Add(1);
                IReadOnlyList<SendCounter> booked = journal.Snapshot();
                _folder.Clock.Advance(TimeSpan.FromMinutes(70));
                journal.Acknowledge(booked);
            }
            journal.Meter(JournalFolder.File1, Viewer, SendKind.Edge).Add(5);
        }
        // 40,000 records went through it; 16,384 fit into one segment.
        Assert.Equal(4096 + (1 << 20), new FileInfo(_folder.Path).Length);
        using SendJournal reopened = _folder.Open();
        Assert.Equal(5, Assert.Single(reopened.Snapshot()).BytesSent);
    }

    [Fact]
    public void Grows_past_one_segment_and_keeps_every_record()
    {
        const int receivers = 40_000;
        using (SendJournal journal = _folder.Open())
        {
            for (int i = 0; i < receivers; i++)
                journal.Meter(JournalFolder.File1, JournalFolder.Receiver(i), SendKind.WebSeed).Add(i + 1);
        }
        Assert.Equal(4096 + 3 * (1 << 20), new FileInfo(_folder.Path).Length);
        using SendJournal reopened = _folder.Open();
        IReadOnlyList<SendCounter> snapshot = reopened.Snapshot();
        Assert.Equal(receivers, snapshot.Count);
        Assert.All(
            snapshot,
            counter =>
                Assert.Equal(IPAddress.Parse(counter.Address), JournalFolder.Receiver((int)counter.BytesSent - 1))
        );
    }

    [Fact]
    public void Only_the_owner_may_read_it()
    {
        using SendJournal journal = _folder.Open();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Path));
    }
}
