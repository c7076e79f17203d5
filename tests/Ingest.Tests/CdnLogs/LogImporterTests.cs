using System.Globalization;
using System.IO.Compression;
using System.Text;
using Distribution.Ingest.CdnLogs;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Ingest.Tests.CdnLogs;

/// <summary>Each line once, whatever becomes of the file in which it stands.</summary>
public sealed class LogImporterTests(TestSilo silo)
{
    private readonly string _file = FileIds.Create();
    private readonly LogImporter _importer = new(silo.Grains);
    private readonly string _name = $"access-{FileIds.Create()}.log";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The lines' bytes are 1, 2, 3, …</summary>
    private string Lines(int from, int count) =>
        string.Concat(
            Enumerable
                .Range(from, count)
                .Select(i =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"192.0.2.{i % 200} - - [30/Nov/2026:12:00:00 +0000] \"GET /bytes/{_file} HTTP/1.1\" 206 {i} \"-\" \"a\"\n"
                    )
                )
        );

    private static long Sum(int count) => (long)count * (count + 1) / 2;

    [Fact]
    public async Task A_log_that_grows_is_read_from_where_it_was_left()
    {
        LogImport first = await ImportAsync(Lines(1, 10) + "192.0.2.1 - - [30/Nov");
        Assert.Equal((10, 10, Sum(10)), (first.Lines, first.Counted, first.CdnBytes));
        Assert.Equal(0, (await ImportAsync(Lines(1, 10) + "192.0.2.1 - - [30/Nov")).Lines);
        LogImport second = await ImportAsync(Lines(1, 25));
        Assert.Equal((15, Lines(1, 10).Length), (second.Lines, second.EarlierBytes));
        Assert.Equal(Sum(25), RecordedLogs.BytesOf(_file));
    }

    [Fact]
    public async Task Rotated_packed_copied_and_uploaded_again_it_is_the_same_log()
    {
        await ImportAsync(Lines(1, 10));
        // access.log.1 goes on where access.log was; then it is packed, in two members.
        await ImportAsync(Lines(1, 12), "access.log.1");
        byte[] packed = [.. Pack(Lines(1, 6)), .. Pack(Lines(7, 14))];
        LogImport done = await _importer.ImportAsync("access.log.2.gz", new MemoryStream(packed), Stop);
        Assert.Equal(8, done.Lines);
        Assert.Equal(0, (await _importer.ImportAsync("again.gz", new MemoryStream(Pack(Lines(1, 20))), Stop)).Lines);
        // The name is used anew by the next log.
        Assert.Equal(5, (await ImportAsync(Lines(21, 5))).Lines);
        Assert.Equal(Sum(25), RecordedLogs.BytesOf(_file));
    }

    [Fact]
    public async Task A_log_that_comes_shorter_or_changed_counts_nothing_again()
    {
        await ImportAsync(Lines(1, 10));
        LogImport shorter = await ImportAsync(Lines(1, 4));
        Assert.Equal((0, false), (shorter.Lines, shorter.IsWhole));
        Assert.Contains("shorter", shorter.Problem, StringComparison.Ordinal);
        LogImport changed = await ImportAsync(Lines(1, 4) + Lines(30, 10));
        Assert.Equal((0, false), (changed.Lines, changed.IsWhole));
        Assert.Contains("differs", changed.Problem, StringComparison.Ordinal);
        Assert.Equal(2, (await ImportAsync(Lines(1, 12))).Lines);
        Assert.Equal(Sum(12), RecordedLogs.BytesOf(_file));
    }

    [Fact]
    public async Task A_packed_log_that_is_cut_off_counts_up_to_there_and_the_rest_later()
    {
        byte[] packed = Pack(Lines(1, 5000));
        LogImport cut = await _importer.ImportAsync(_name, new MemoryStream(packed[..(packed.Length / 2)]), Stop);
        Assert.InRange(cut.Lines, 1, 4999);
        LogImport rest = await _importer.ImportAsync(_name, new MemoryStream(packed), Stop);
        Assert.Equal(5000, cut.Lines + rest.Lines);
        Assert.Equal(Sum(5000), RecordedLogs.BytesOf(_file));
    }

    [Fact]
    public async Task Lines_that_cannot_be_read_are_counted_and_shown()
    {
        string endless = new('x', 1 << 20);
        LogImport done = await ImportAsync($"damage\n{Lines(1, 3)}{endless}\n{Lines(4, 2)}\n{endless}");
        Assert.Equal((7, 5, 2), (done.Lines, done.Counted, done.Malformed));
        Assert.NotNull(done.Problem);
        Assert.True(done.IsWhole);
        // The endless one was not whole, and is now.
        done = await ImportAsync($"damage\n{Lines(1, 3)}{endless}\n{Lines(4, 2)}\n{endless}\n{Lines(6, 1)}");
        Assert.Equal((2, 1, 1), (done.Lines, done.Counted, done.Malformed));
        Assert.Equal(Sum(6), RecordedLogs.BytesOf(_file));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_booking_whose_answer_is_lost_counts_once(bool afterwards)
    {
        await ImportAsync(Lines(1, 3));
        RecordedLogs.FailOnce(_name, afterwards);
        await Assert.ThrowsAsync<TimeoutException>(() => ImportAsync(Lines(1, 9)));
        await ImportAsync(Lines(1, 9));
        Assert.Equal(Sum(9), RecordedLogs.BytesOf(_file));
    }

    [Fact]
    public async Task Two_readers_of_one_log_count_it_once()
    {
        string log = Lines(1, 120_000);
        await Task.WhenAll(ImportAsync(log), ImportAsync(log), ImportAsync(log));
        await ImportAsync(log);
        Assert.Equal(Sum(120_000), RecordedLogs.BytesOf(_file));
    }

    [Fact]
    public async Task A_watched_folder_is_read_as_its_logs_come()
    {
        using var folder = new TestFolder();
        var clock = new FakeTimeProvider();
        using var watcher = new LogWatcher(
            new DiskLogFolder(folder.Path),
            _importer,
            clock,
            NullLogger<LogWatcher>.Instance
        );
        Directory.CreateDirectory(Path.Combine(folder.Path, "2026", "11"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "2026", "11", "a.log"), Lines(1, 5), Stop);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, ".b.log.tmp"), Lines(6, 5), Stop);
        await watcher.StartAsync(Stop);
        await WhenBytesAsync(clock, Sum(5));
        File.Move(Path.Combine(folder.Path, ".b.log.tmp"), Path.Combine(folder.Path, "b.log"));
        await File.AppendAllTextAsync(Path.Combine(folder.Path, "b.log"), Lines(11, 2), Stop);
        await WhenBytesAsync(clock, Sum(12));
        await watcher.StopAsync(Stop);
        Assert.Equal(Sum(12), RecordedLogs.BytesOf(_file));
    }

    private async Task WhenBytesAsync(FakeTimeProvider clock, long bytes)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (RecordedLogs.BytesOf(_file) < bytes)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(20, limit.Token);
        }
        Assert.Equal(bytes, RecordedLogs.BytesOf(_file));
    }

    private Task<LogImport> ImportAsync(string text, string? name = null) =>
        _importer.ImportAsync(name ?? _name, new MemoryStream(Encoding.UTF8.GetBytes(text)), Stop);

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
