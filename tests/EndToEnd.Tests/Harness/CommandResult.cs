using System.Text.Json;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>What one run of the command line gave.</summary>
internal sealed record CommandResult(int Status, string Output, string Errors)
{
    /// <summary>Standard output as the one JSON document that <c>--json</c> promises.</summary>
    public JsonElement Json()
    {
        Assert.True(Status == 0, ToString());
        return JsonDocument.Parse(Output).RootElement;
    }

    /// <summary>Asserts the promise about failures: this status, nothing on standard output, one line on standard error.</summary>
    public string SingleComplaint(int status)
    {
        Assert.True(Status == status, ToString());
        Assert.Equal("", Output);
        string line = Assert.Single(Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("distribution: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", line, StringComparison.Ordinal);
        return line;
    }

    public override string ToString() => $"status {Status}\n{Output}\n{Errors}";
}
