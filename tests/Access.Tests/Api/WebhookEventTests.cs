using System.Net;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;
using Distribution.Dashboard.Tests.Webhooks;

namespace Distribution.Access.Tests.Api;

/// <summary>What a real upload, takedown and undo tell a receiver.</summary>
public class WebhookEventTests(ServerHost host)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_files_life_is_told_as_it_happens_and_to_its_publisher_alone()
    {
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        await using HookReceiver others = await HookReceiver.StartAsync();
        using HttpClient owner = host.Client(host.OperatorKey);
        using HttpClient other = host.Client(host.OtherOwnerKey);
        string[] events = ["file.published", "file.unpublished", "file.restored"];
        JsonElement hook = await ServerHost.PostAsync(owner, "/api/v1/webhooks", new { url = receiver.Url, events });
        await ServerHost.PostAsync(other, "/api/v1/webhooks", new { url = others.Url, events });
        try
        {
            string title = $"told {Guid.NewGuid():N}";
            string file = await host.PublishAsync("told.mp4", title);
            JsonElement published = await OfAsync(receiver, file);
            await owner.DeleteAsync($"/api/v1/files/{file}", Stop);
            JsonElement down = await OfAsync(receiver, file);
            await owner.PostAsync($"/api/v1/files/{file}/restore", null, Stop);
            JsonElement restored = await OfAsync(receiver, file);

            Assert.Equal(
                events,
                new[] { published, down, restored }.Select(one => one.GetProperty("type").GetString())
            );
            JsonElement told = published.GetProperty("data").GetProperty("file");
            Assert.Equal(title, told.GetProperty("title").GetString());
            Assert.StartsWith("magnet:?", told.GetProperty("magnetUri").GetString(), StringComparison.Ordinal);
            using HttpResponseMessage download = await owner.GetAsync(
                told.GetProperty("downloadUrl").GetString(),
                Stop
            );
            Assert.Equal(HttpStatusCode.OK, download.StatusCode);
            Assert.Equal(
                JsonValueKind.Null,
                down.GetProperty("data").GetProperty("file").GetProperty("magnetUri").ValueKind
            );
            // The other publisher hears of what is published after all this, and of nothing of this before.
            string theirs = await host.PublishAsync("theirs.mp4", "theirs", host.OtherOwnerKey);
            string? heard;
            do
            {
                heard = (await others.NextAsync())
                    .Json.GetProperty("data")
                    .GetProperty("file")
                    .GetProperty("id")
                    .GetString();
                Assert.NotEqual(file, heard);
            } while (heard != theirs);
        }
        finally
        {
            await owner.DeleteAsync($"/api/v1/webhooks/{hook.GetProperty("id").GetString()}", Stop);
        }
    }

    /// <summary>The next event of a file; other tests publish beside.</summary>
    private static async Task<JsonElement> OfAsync(HookReceiver receiver, string file)
    {
        while (true)
        {
            JsonElement happened = (await receiver.NextAsync()).Json;
            if (happened.GetProperty("data").GetProperty("file").GetProperty("id").GetString() == file)
                return happened;
        }
    }
}
