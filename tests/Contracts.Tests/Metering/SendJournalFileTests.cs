using System.Buffers.Binary;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;

namespace Distribution.Contracts.Tests.Metering;

/// <summary>Files that are cut off, damaged or somebody else's.</summary>
public sealed class SendJournalFileTests : IDisposable
{
    private const int HeaderBytes = 4096;
    private const int RecordBytes = 64;

    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x")]
    [InlineData("DISTSND2")]
    [InlineData("DISTS?")]
    [InlineData("notes of somebody\n")]
    [InlineData("DISTSND1 and notes", 5000)]
    [InlineData("notes", 4096)]
    [InlineData("notes", 5000)]
    [InlineData("\0\0\0", 5000)]
    public void A_foreign_file_is_refused_and_left_as_it_is(string text, int length = 0)
    {
        byte[] content = new byte[Math.Max(length, text.Length)];
        System.Text.Encoding.ASCII.GetBytes(text, content);
        File.WriteAllBytes(_folder.Path, content);
        IOException refused = Assert.Throws<IOException>(_folder.Open);
        Assert.Contains("no send journal", refused.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllBytes(_folder.Path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(4095)]
    public void A_file_that_was_cut_off_while_it_was_made_begins_anew(int length)
    {
        _folder.Open().Dispose();
        Truncate(length);
        AssertBeginsAnew();
    }

    [Fact]
    public void A_page_of_zeros_begins_anew()
    {
        // What a power failure leaves where the file's length reached the disk before its content.
        File.WriteAllBytes(_folder.Path, new byte[HeaderBytes]);
        AssertBeginsAnew();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(RecordBytes - 1, 0)]
    [InlineData(RecordBytes, 1)]
    [InlineData(2 * RecordBytes, 2)]
    [InlineData(2 * RecordBytes + 40, 2)]
    [InlineData((1 << 20) - 1, 3)]
    public void A_truncated_file_keeps_the_records_that_are_whole(int length, int kept)
    {
        string epoch = CountThree();
        Truncate(HeaderBytes + length);

        using (SendJournal journal = _folder.Open())
        {
            Assert.Equal(epoch, journal.Epoch);
            Assert.Equal(kept, journal.Snapshot().Count);
            journal.Meter(JournalFolder.File1, JournalFolder.Receiver(99), SendKind.Edge).Add(1);
        }
        using SendJournal reopened = _folder.Open();
        Assert.Equal(kept + 1, reopened.Snapshot().Count);
    }

    [Theory]
    [InlineData(12, 99)]
    [InlineData(12, 0)]
    [InlineData(44, 5)]
    [InlineData(44, -1)]
    public void A_record_that_cannot_be_read_is_left_alone(int fieldAt, int value)
    {
        CountThree();
        Patch(HeaderBytes + fieldAt, value);
        byte[] damaged = File.ReadAllBytes(_folder.Path)[HeaderBytes..(HeaderBytes + RecordBytes)];

        using (SendJournal journal = _folder.Open())
        {
            Assert.Equal(2, journal.Snapshot().Count);
            for (int i = 0; i < 20_000; i++)
                journal.Meter(JournalFolder.File1, JournalFolder.Receiver(i), SendKind.Edge).Add(1);
        }
        Assert.Equal(damaged, File.ReadAllBytes(_folder.Path)[HeaderBytes..(HeaderBytes + RecordBytes)]);
    }

    [Fact]
    public void Two_records_of_one_receiver_become_one()
    {
        CountThree();
        byte[] file = File.ReadAllBytes(_folder.Path);
        file.AsSpan(HeaderBytes, RecordBytes).CopyTo(file.AsSpan(HeaderBytes + RecordBytes));
        File.WriteAllBytes(_folder.Path, file);

        for (int i = 0; i < 2; i++)
        {
            using SendJournal journal = _folder.Open();
            Assert.Equal(["1.0.0.0 Edge 10 2", "3.0.0.0 Edge 10 3"], JournalFolder.Show(journal.Snapshot()));
        }
    }

    [Fact]
    public void Any_bytes_behind_the_header_open_without_harm()
    {
        _folder.Open().Dispose();
        byte[] header = File.ReadAllBytes(_folder.Path)[..HeaderBytes];
        for (int seed = 0; seed < 20; seed++)
        {
            var noise = new byte[100_000];
            new Random(seed).NextBytes(noise);
            for (int at = 8; at < noise.Length - 4; at += RecordBytes)
                BinaryPrimitives.WriteInt32LittleEndian(noise.AsSpan(at), 1);
            for (int at = 12; at < noise.Length - 4; at += RecordBytes)
                BinaryPrimitives.WriteInt32LittleEndian(noise.AsSpan(at), at % 6);
            for (int at = 44; at < noise.Length - 4; at += RecordBytes)
                BinaryPrimitives.WriteInt32LittleEndian(noise.AsSpan(at), at % 3 == 0 ? 4 : 16);
            File.WriteAllBytes(_folder.Path, [.. header, .. noise]);
            using SendJournal journal = _folder.Open();
            IReadOnlyList<SendCounter> snapshot = journal.Snapshot();
            Assert.NotEmpty(snapshot);
            journal.Acknowledge(snapshot);
        }
    }

    private string CountThree()
    {
        using SendJournal journal = _folder.Open();
        for (int i = 0; i < 3; i++)
            journal.Meter(JournalFolder.File1, JournalFolder.Receiver(i), SendKind.Edge).Add(i + 1);
        return journal.Epoch;
    }

    private void AssertBeginsAnew()
    {
        string epoch;
        using (SendJournal journal = _folder.Open())
        {
            epoch = journal.Epoch;
            Assert.Empty(journal.Snapshot());
            journal.Meter(JournalFolder.File1, JournalFolder.Receiver(1), SendKind.Edge).Add(1);
        }
        using SendJournal reopened = _folder.Open();
        Assert.Equal(epoch, reopened.Epoch);
        Assert.Single(reopened.Snapshot());
    }

    private void Truncate(int length)
    {
        using var stream = new FileStream(_folder.Path, FileMode.Open, FileAccess.Write);
        stream.SetLength(length);
    }

    private void Patch(int at, int value)
    {
        byte[] file = File.ReadAllBytes(_folder.Path);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        File.WriteAllBytes(_folder.Path, file);
    }
}
