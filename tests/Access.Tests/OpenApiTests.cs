using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests;

public class OpenApiTests(ServerHost host)
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string Root = typeof(OpenApiTests)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == "RepositoryRoot")
        .Value!;

    [Fact]
    public async Task The_api_is_as_its_document_in_the_repository_says()
    {
        using HttpClient client = host.Client();
        JsonNode now = JsonNode.Parse(
            await client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken)
        )!;
        // Where this server happens to be.
        now.AsObject().Remove("servers");
        string text = now.ToJsonString(Written) + "\n";
        string kept = Path.Combine(Root, "docs", "openapi-v1.json");
        string there = File.Exists(kept)
            ? await File.ReadAllTextAsync(kept, TestContext.Current.CancellationToken)
            : "";
        if (there == text)
            return;

        string fresh = Path.Combine(Root, "artifacts", "openapi-v1.json");
        Directory.CreateDirectory(Path.GetDirectoryName(fresh)!);
        await File.WriteAllTextAsync(fresh, text, TestContext.Current.CancellationToken);
        Assert.Fail(
            "The API is not as docs/openapi-v1.json says. Is the change meant? Then copy artifacts/openapi-v1.json there, and tell its users in CHANGELOG.md."
        );
    }
}
