using System.Net.Http.Headers;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Sends;

/// <summary>
/// A web seed that is killed while it sends at full speed. What its sockets had taken by then still arrives, as the system goes on without the process: so
/// the viewers have the truth.
/// </summary>
public sealed class KilledWebSeedTests(ITestOutputHelper output)
{
    private const int Viewers = 3;

    [Fact]
    public async Task Kill_9_loses_no_byte_that_a_socket_has_taken_and_counts_none_that_it_has_not()
    {
        using var folder = new TestFolder();
        byte[] content = Tus.RandomBytes(24 << 20);
        long taken = 0;
        for (int kill = 1; kill <= 2; kill++)
        {
            await using (ChildServer child = await ChildServer.StartAsync(folder.Path))
            {
                using var client = new HttpClient { BaseAddress = child.Address };
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                    "Bearer",
                    TestKeys.Publisher
                );
                client.DefaultRequestHeaders.Add("Tus-Resumable", "1.0.0");
                // Its silo has its files in memory only: each life has its own.
                string id = await Tus.CreatedAsync(client, content.Length, $"film-{kill}.mp4");
                (await Tus.PatchAsync(client, id, 0, content)).EnsureSuccessStatusCode();
                await client.GetByteArrayAsync($"/torrents/{id}.torrent");
                List<RawHttp> viewers = [];
                for (int i = 0; i < Viewers; i++)
                {
                    viewers.Add(await RawHttp.ConnectAsync(child.Address));
                    await viewers[i].GetAsync($"/webseed/{id}/film-{kill}.mp4");
                    await viewers[i].ReadHeadAsync();
                }
                // Some are read from all the time, so that the kill finds their sends under way.
                Task<byte[]>[] reading =
                [
                    .. viewers.Skip(1).Select(viewer => Task.Run(() => viewer.ReadAsync(content.Length))),
                ];
                taken += (await viewers[0].ReadAsync(4 << 20)).Length;
                await child.KillAsync();
                taken += (await viewers[0].ReadAsync(content.Length)).Length;
                taken += (await Task.WhenAll(reading)).Sum(read => (long)read.Length);
                viewers.ForEach(viewer => viewer.Dispose());
            }
            using SendJournal journal = SendJournal.Open(
                Path.Combine(folder.Path, "sends.journal"),
                TimeProvider.System
            );
            long counted = journal.Snapshot().Where(c => c.Kind == SendKind.WebSeed).Sum(c => c.BytesSent);
            output.WriteLine($"{taken} taken, {counted} counted");
            Assert.Equal(taken, counted);
        }
    }
}
