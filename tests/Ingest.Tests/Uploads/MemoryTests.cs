using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Contents.Folders;
using Distribution.Ingest.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Ingest.Tests.Uploads;

/// <summary>What uploads hold in memory while the store takes nothing: the sockets have to wait.</summary>
public sealed class MemoryTests(TestSilo silo, ITestOutputHelper output)
{
    private const int Uploads = 20;

    /// <summary>What the documents allow a stream.</summary>
    private const int StreamBytes = 64 << 20;

    /// <summary>More than that, so that without a bound it would be seen.</summary>
    private const int UploadBytes = 96 << 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Twenty_uploads_at_once_stay_inside_64_MiB_each_however_slow_the_store(bool isChunked)
    {
        using var folder = new TestFolder();
        using var end = new CancellationTokenSource();
        StalledStore? store = null;
        await using IngestServer server = await IngestServer.StartAsync(
            silo.Grains,
            folder.Path,
            configure: builder =>
            {
                store = new StalledStore(new FolderContentStore(Path.Combine(folder.Path, "content"), minFreeBytes: 0));
                builder.Services.AddSingleton<IContentStore>(store);
            }
        );
        var sent = new long[Uploads];
        var senders = new List<Task>();
        long before = Environment.WorkingSet;
        for (int i = 0; i < Uploads; i++)
        {
            string id = await Tus.CreatedAsync(server.Client, UploadBytes);
            senders.Add(SendAsync(server.Address, id, isChunked, sent, i, end.Token));
        }

        long looks = 0;
        // While one has not begun, nothing is still.
        await Stillness.WaitAsync(() => sent.All(static bytes => bytes > 0) ? sent.Sum() : --looks);
        long grown = Environment.WorkingSet - before;
        output.WriteLine(
            $"{sent.Min() >> 20} to {sent.Max() >> 20} MiB taken of each, in all {sent.Sum() >> 20}; the process grew by {grown >> 20} MiB"
        );
        Assert.All(sent, static bytes => Assert.InRange(bytes, 1, StreamBytes));
        Assert.InRange(grown, long.MinValue, (long)Uploads * StreamBytes);

        await end.CancelAsync();
        store!.LetGo();
        await Task.WhenAll(senders);
    }

    /// <summary>Sends zeros until it is cancelled; counts what its socket has taken.</summary>
    private static async Task SendAsync(
        Uri server,
        string id,
        bool isChunked,
        long[] sent,
        int index,
        CancellationToken end
    )
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, server.Port, end);
        NetworkStream stream = tcp.GetStream();
        string framing = isChunked
            ? "Transfer-Encoding: chunked"
            : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {UploadBytes}");
        string head =
            $"PATCH {Tus.Root}/{id} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {TestKeys.Publisher}\r\nTus-Resumable: 1.0.0\r\n"
            + $"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n{framing}\r\n\r\n";
        byte[] block = new byte[256 << 10];
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), end);
            while (sent[index] < UploadBytes)
            {
                if (isChunked)
                    await stream.WriteAsync(
                        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{block.Length:x}\r\n")),
                        end
                    );
                await stream.WriteAsync(block, end);
                if (isChunked)
                    await stream.WriteAsync("\r\n"u8.ToArray(), end);
                sent[index] += block.Length;
            }
            await Task.Delay(Timeout.InfiniteTimeSpan, end);
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }
}
