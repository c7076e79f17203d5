using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Ingest.Tests.Uploads;

/// <summary>A disk that really fills up: a small file system in memory, for which the tests must run as root.</summary>
public sealed class FullDiskTests(TestSilo silo, ITestOutputHelper output)
{
    [Fact]
    public async Task Upload_that_fills_the_disk_is_told_so_and_goes_on_when_there_is_room()
    {
        using var folder = new TestFolder();
        string content = Directory.CreateDirectory(Path.Combine(folder.Path, "content")).FullName;
        if (!TryRun("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", content))
            Assert.Skip("A file system of a fixed size cannot be mounted here (that takes root).");
        try
        {
            await using (
                IngestServer server = await IngestServer.StartAsync(
                    silo.Grains,
                    folder.Path,
                    configure: builder =>
                    {
                        // Admission would refuse what cannot fit: this is about a disk that others fill after that.
                        IContentStore inner = new Ingest.Contents.Folders.FolderContentStore(content, 0);
                        builder.Services.AddSingleton<IContentStore>(new StoreWithRoom(inner, freeBytes: null));
                    }
                )
            )
                await FillAndGoOnAsync(server, content);
        }
        finally
        {
            Assert.True(TryRun("umount", content));
        }
    }

    private async Task FillAndGoOnAsync(IngestServer server, string content)
    {
        byte[] bytes = Tus.RandomBytes(6 << 20);
        string id = await Tus.CreatedAsync(server.Client, bytes.Length);
        using (var start = await Tus.PatchAsync(server.Client, id, 0, bytes[..1_000_000]))
            Assert.Equal(HttpStatusCode.NoContent, start.StatusCode);
        string ballast = Path.Combine(content, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[4 << 20]);

        using var full = await Tus.PatchAsync(server.Client, id, 1_000_000, bytes[1_000_000..]);
        await Tus.AssertProblemAsync(full, 507, "insufficient-storage");
        long offset = await Tus.OffsetAsync(server.Client, id);
        output.WriteLine($"stopped at {offset}");
        Assert.InRange(offset, 1_000_000, bytes.Length - 1);
        using (var again = await Tus.PatchAsync(server.Client, id, offset, bytes[(int)offset..]))
            await Tus.AssertProblemAsync(again, 507, "insufficient-storage");
        Assert.InRange(await Tus.OffsetAsync(server.Client, id), offset, bytes.Length - 1);

        File.Delete(ballast);
        offset = await Tus.OffsetAsync(server.Client, id);
        using var rest = await Tus.PatchAsync(server.Client, id, offset, bytes[(int)offset..]);
        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.Content!.Sha256);
        Assert.Equal(bytes, await server.Client.GetByteArrayAsync($"/webseed/{id}/film.mp4"));
    }

    private static bool TryRun(string command, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(command, arguments) { RedirectStandardError = true }
        )!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
