using System.Net;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Hostile;

/// <summary>A full disk costs uploads, never the server or what it already holds.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_refuses_the_upload_clearly_and_the_rest_goes_on()
    {
        TestVideo small = await Videos.OfAsync(8);
        TestVideo large = await Videos.OfAsync(40);
        await using SmallDisk disk = await SmallDisk.MountAsync(megabytes: 400);
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { DataFolder = Path.Combine(disk.Path, "data"), WithEdge = false }
        );
        PublishedVideo video = await server.PublishAsync(small.Path);
        byte[] content = await File.ReadAllBytesAsync(large.Path, TestContext.Current.CancellationToken);
        var tus = new Tus(server);
        Uri begun = await tus.CreateAsync("begun.mp4", large.SizeBytes);
        await tus.PatchAsync(begun, 0, content.AsMemory(0, 4_000_000));

        string ballast = await disk.FillAsync();

        using (
            HttpResponseMessage refused = await tus.TryPatchAsync(
                begun,
                4_000_000,
                new ReadOnlyMemoryContent(content.AsMemory(4_000_000))
            )
        )
            Assert.True(refused.StatusCode == HttpStatusCode.InsufficientStorage, await Tus.DescribeAsync(refused));
        using (HttpResponseMessage refused = await tus.TryCreateAsync("more.mp4", 50_000_000))
            Assert.True(refused.StatusCode == HttpStatusCode.InsufficientStorage, await Tus.DescribeAsync(refused));
        string complaint = (await server.RunAsync("publish", large.Path)).SingleComplaint(1);
        Assert.Contains("507", complaint, StringComparison.Ordinal);

        // What is published is served all the while, and the process lives.
        byte[] served = await server.Http.GetByteArrayAsync(video.DownloadUrl, TestContext.Current.CancellationToken);
        Assert.Equal(small.SizeBytes, served.Length);
        Assert.False(server.Program.HasExited, server.Program.Transcript());
        Assert.False(await server.IsReadyAsync(), "A server that cannot write says it is ready.");

        File.Delete(ballast);
        await Wait.UntilAsync(server.IsReadyAsync, TimeSpan.FromSeconds(30), "the server is ready again");
        Assert.True(await tus.OffsetAsync(begun) >= 4_000_000);
        Assert.Equal(large.Sha256, (await tus.FinishAsync(begun, large.Path)).Sha256);
    }
}
