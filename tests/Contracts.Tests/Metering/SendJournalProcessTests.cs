using System.Diagnostics;
using System.Globalization;
using Distribution.Contracts.Metering;
using Distribution.Tests.Shared;

namespace Distribution.Contracts.Tests.Metering;

/// <summary>The journal against other processes, real signals and a full disk.</summary>
public sealed class SendJournalProcessTests : IDisposable
{
    private readonly JournalFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(20_000)]
    public async Task Kill_9_loses_nothing_that_was_added(int killAfterAdds)
    {
        using Process child = CountingChild.Start(_folder.Path, adds: 0);
        long printed = 0;
        int lines = 0;
        while (await child.StandardOutput.ReadLineAsync(Cancelled) is { } line)
        {
            printed = Number(line);
            if (++lines == killAfterAdds)
                child.Kill();
        }
        await child.WaitForExitAsync(Cancelled);
        Assert.Equal(128 + 9, child.ExitCode);

        using SendJournal journal = _folder.Open();
        long counted = JournalFolder.Sum(journal.Snapshot());
        // It prints after each add: at most one had no time to be printed.
        Assert.InRange(counted, printed, printed + CountingChild.BytesPerAdd);
        Assert.InRange(lines, killAfterAdds, int.MaxValue);
    }

    [Fact]
    public async Task Two_processes_cannot_open_one_journal()
    {
        using (SendJournal journal = _folder.Open())
        {
            using Process refused = CountingChild.Start(_folder.Path, adds: 1);
            await refused.WaitForExitAsync(Cancelled);
            Assert.Equal(CountingChild.Refused, refused.ExitCode);
            Assert.Empty(journal.Snapshot());
            Assert.Throws<IOException>(_folder.Open);
        }
        using Process child = CountingChild.Start(_folder.Path, adds: 0);
        Assert.NotNull(await child.StandardOutput.ReadLineAsync(Cancelled));
        Assert.Throws<IOException>(_folder.Open);
        child.Kill();
        await child.WaitForExitAsync(Cancelled);
        _folder.Open().Dispose();
    }

    [Fact]
    public async Task A_full_disk_ends_no_process_and_stops_no_count()
    {
        // Room for the header and one segment of 16,384 records, and a part of the next.
        string disk = Path.Combine(_folder.Folder, "disk");
        Directory.CreateDirectory(disk);
        ToolResult mounted = await ExternalTool.RunAsync("mount", "-t", "tmpfs", "-o", "size=1600k", "tmpfs", disk);
        if (mounted.ExitCode != 0)
            Assert.Skip($"Cannot mount a small tmpfs here: {mounted.Error.Trim()}");
        try
        {
            string path = Path.Combine(disk, "sends.journal");
            using Process child = CountingChild.Start(path, adds: 20_000);
            string output = await child.StandardOutput.ReadToEndAsync(Cancelled);
            await child.WaitForExitAsync(Cancelled);
            Assert.True(child.ExitCode == 0, $"Ended with {child.ExitCode}.");
            Assert.EndsWith("\nsnapshot 20000 20000000\n", output, StringComparison.Ordinal);

            // What had room in the file is there, and with room again all new records are.
            using (SendJournal journal = SendJournal.Open(path, _folder.Clock))
            {
                Assert.Equal(16_384, journal.Snapshot().Count);
                SendMeter homeless = journal.Meter(
                    JournalFolder.File1,
                    JournalFolder.Receiver(1),
                    Ledgers.SendKind.Edge
                );
                homeless.Add(1);
                Assert.Equal(16_385, journal.Snapshot().Count);
                Assert.Equal(0, (await ExternalTool.RunAsync("mount", "-o", "remount,size=8m", disk)).ExitCode);
                journal.Meter(JournalFolder.File1, JournalFolder.Receiver(2), Ledgers.SendKind.Edge).Add(1);
                homeless.Add(1);
            }
            using SendJournal reopened = SendJournal.Open(path, _folder.Clock);
            Assert.Equal(16_385, reopened.Snapshot().Count);
        }
        finally
        {
            await ExternalTool.RunAsync("umount", "-l", disk);
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
