using System.Text.Json;

namespace Distribution.Dashboard.Tests.Hosting;

internal static class Problem
{
    /// <summary>Checks form and name of an error document, and that it tells the trace.</summary>
    public static async Task<JsonElement> AssertAsync(HttpResponseMessage response, string name)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using JsonDocument document = JsonDocument.Parse(
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        JsonElement problem = document.RootElement.Clone();
        Assert.Equal($"urn:distribution:problem:{name}", problem.GetProperty("type").GetString());
        Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("traceId").GetString()!);
        return problem;
    }
}
