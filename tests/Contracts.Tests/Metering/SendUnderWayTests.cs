using System.Net;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;

namespace Distribution.Contracts.Tests.Metering;

/// <summary>What a killed process had under way: here a journal that is closed in the middle of a send, with the system's part written by hand.</summary>
public sealed unsafe class SendUnderWayTests : IDisposable
{
    private const int MessageLengthAt = 56; // msg_len of struct mmsghdr

    private static readonly IPAddress Viewer = JournalFolder.Receiver(1);

    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(13, 0)]
    [InlineData(14, 1)]
    [InlineData(113, 100)]
    [InlineData(126, 100)]
    [InlineData(226, 200)]
    public void What_the_system_took_is_counted_by_the_next_process(int taken, int counted)
    {
        using (SendJournal journal = _folder.Open())
        {
            SendMeter meter = journal.Meter(JournalFolder.File1, Viewer, SendKind.Edge);
            SendUnderWay send = journal.UnderWay()!;
            meter.Begin(send);
            send.End(1000);
            send.Clear();
            send.Add(uncounted: 13, counted: 100);
            send.Add(uncounted: 13, counted: 100);
            meter.Begin(send);
            Took(send, taken);
        }
        for (int opening = 0; opening < 2; opening++)
        {
            using SendJournal journal = _folder.Open();
            Assert.Equal(1000 + counted, JournalFolder.Sum(journal.Snapshot()));
        }
    }

    [Fact]
    public void All_calls_of_one_send_count()
    {
        using (SendJournal journal = _folder.Open())
        {
            SendUnderWay send = journal.UnderWay()!;
            send.Add(uncounted: 10, counted: 1000);
            journal.Meter(JournalFolder.File1, Viewer, SendKind.Edge).Begin(send);
            Took(send, 100);
            Took(send, 0);
            Took(send, 200);
            *send.NextOffset(5000) += 300;
        }
        using SendJournal reopened = _folder.Open();
        Assert.Equal(590, JournalFolder.Sum(reopened.Snapshot()));
    }

    [Fact]
    public void Killed_between_the_count_and_the_word_that_it_is_counted_it_counts_once()
    {
        byte[] before;
        string path = _folder.Path + ".now";
        using (SendJournal journal = _folder.Open())
        {
            SendUnderWay send = journal.UnderWay()!;
            send.Add(uncounted: 0, counted: 500);
            journal.Meter(JournalFolder.File1, Viewer, SendKind.Edge).Begin(send);
            Took(send, 400);
            using (var now = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            {
                before = new byte[now.Length];
                now.ReadExactly(before);
            }
            send.End(400);
        }
        File.WriteAllBytes(path, before);
        using SendJournal reopened = _folder.Open();
        Assert.Equal(400, JournalFolder.Sum(reopened.Snapshot()));
    }

    [Fact]
    public void Two_writers_to_one_receiver_are_one_counter_and_settle_apart()
    {
        using (SendJournal journal = _folder.Open())
        {
            SendUnderWay one = journal.UnderWay()!;
            SendUnderWay other = journal.UnderWay()!;
            one.Add(uncounted: 0, counted: 100);
            other.Add(uncounted: 0, counted: 100);
            journal.Meter(JournalFolder.File1, Viewer, SendKind.WebSeed).Begin(one);
            Took(one, 70);
            SendMeter meter = journal.Meter(JournalFolder.File1, Viewer, SendKind.WebSeed);
            meter.Begin(other);
            Took(other, 30);
            other.End(30);
            meter.Add(5);
            Assert.Equal(35, Assert.Single(journal.Snapshot()).BytesSent);
        }
        for (int opening = 0; opening < 2; opening++)
        {
            using SendJournal journal = _folder.Open();
            Assert.Equal(105, Assert.Single(journal.Snapshot()).BytesSent);
        }
        _folder.Clock.Advance(TimeSpan.FromHours(2));
        using SendJournal last = _folder.Open();
        last.Acknowledge(last.Snapshot());
        Assert.Empty(last.Snapshot());
    }

    [Fact]
    public void The_file_of_another_journal_counts_nothing()
    {
        using (SendJournal journal = _folder.Open())
        {
            SendUnderWay send = journal.UnderWay()!;
            send.Add(uncounted: 0, counted: 100);
            journal.Meter(JournalFolder.File1, Viewer, SendKind.Edge).Begin(send);
            Took(send, 100);
        }
        File.Delete(_folder.Path);
        using (SendJournal journal = _folder.Open())
            journal.Meter(JournalFolder.File1, Viewer, SendKind.Edge).Add(1);
        using SendJournal reopened = _folder.Open();
        Assert.Equal(1, JournalFolder.Sum(reopened.Snapshot()));
    }

    [Fact]
    public void Threads_beyond_its_places_have_none()
    {
        using SendJournal journal = _folder.Open();
        for (int i = 0; i < 64; i++)
            Assert.NotNull(journal.UnderWay());
        Assert.Null(journal.UnderWay());
    }

    private static void Took(SendUnderWay send, int bytes) =>
        *(uint*)(send.NextHeader() + MessageLengthAt) = (uint)bytes;
}
