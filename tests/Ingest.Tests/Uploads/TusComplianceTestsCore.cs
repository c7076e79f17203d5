using System.Globalization;
using System.Net;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Uploads;

/// <summary>Chapter "Core Protocol".</summary>
public sealed class TusComplianceTestsCore(TestSilo silo) : TusComplianceTests(silo)
{
    // Headers

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("0x1")]
    [InlineData("one")]
    [InlineData("")]
    public async Task Upload_Offset_must_be_a_non_negative_integer(string offset)
    {
        string id = await Tus.CreatedAsync(Client, 10);
        using HttpResponseMessage response = await SendAsync("PATCH", id, [1], $"Upload-Offset: {offset}");
        await Tus.AssertProblemAsync(response, 400, "invalid-header");
        Assert.Equal(0, await Tus.OffsetAsync(Client, id));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("ten")]
    [InlineData("")]
    public async Task Upload_Length_must_be_a_non_negative_integer(string length)
    {
        using HttpResponseMessage response = await SendAsync(
            "POST",
            null,
            null,
            $"Upload-Length: {length}",
            Named("a")
        );
        await Tus.AssertProblemAsync(response, 400, "invalid-header");
    }

    [Fact]
    public async Task Tus_Version_must_be_a_list_of_versions() =>
        Assert.Equal("1.0.0", await OptionAsync("Tus-Version"));

    [Fact]
    public async Task Tus_Resumable_must_be_in_every_response()
    {
        using HttpResponseMessage created = await SendAsync("POST", null, null, Length(2), Named("a"));
        string id = IdOf(created);
        using HttpResponseMessage head = await SendAsync("HEAD", id);
        using HttpResponseMessage patch = await SendAsync("PATCH", id, [1], Offset(0));
        using HttpResponseMessage conflict = await SendAsync("PATCH", id, [1], Offset(0));
        using HttpResponseMessage refused = await SendAsync("POST");
        using HttpResponseMessage unknown = await SendAsync("HEAD", new string('0', 32));
        using HttpResponseMessage method = await SendAsync("PUT", id);
        using HttpResponseMessage delete = await SendAsync("DELETE", id);
        HttpResponseMessage[] all = [created, head, patch, conflict, refused, unknown, method, delete];
        Assert.Equal([201, 200, 204, 409, 400, 404, 405, 204], all.Select(response => (int)response.StatusCode));
        Assert.All(all, response => Assert.Equal("1.0.0", One(response, "Tus-Resumable")));
    }

    [Theory]
    [InlineData("0.2.2")]
    [InlineData("2.0.0")]
    [InlineData(null)]
    public async Task Unsupported_version_must_get_412_and_Tus_Version_and_must_not_be_processed(string? version)
    {
        string id = await Tus.CreatedAsync(Client, 10);
        Client.DefaultRequestHeaders.Remove("Tus-Resumable");
        string[] headers = version is null ? [Offset(0)] : [Offset(0), $"Tus-Resumable: {version}"];
        using HttpResponseMessage patch = await SendAsync("PATCH", id, [1, 2], headers);
        Assert.Equal(HttpStatusCode.PreconditionFailed, patch.StatusCode);
        Assert.Equal("1.0.0", One(patch, "Tus-Version"));
        using HttpResponseMessage delete = await SendAsync("DELETE", id, null, headers);
        Assert.Equal(HttpStatusCode.PreconditionFailed, delete.StatusCode);
        using HttpResponseMessage create = await SendAsync("POST", null, null, [.. headers, Length(1), Named("a")]);
        Assert.Equal(HttpStatusCode.PreconditionFailed, create.StatusCode);
        Client.DefaultRequestHeaders.Add("Tus-Resumable", "1.0.0");
        Assert.Equal(0, await Tus.OffsetAsync(Client, id));
        Assert.Single(Directory.GetDirectories(Path.Combine(ContentFolder, "uploads")));
    }

    [Fact]
    public async Task Tus_Extension_must_be_a_list_of_the_extensions() =>
        Assert.Equal(
            [
                "checksum",
                "checksum-trailer",
                "concatenation",
                "creation",
                "creation-with-upload",
                "expiration",
                "termination",
            ],
            (await OptionAsync("Tus-Extension")).Split(',').Order(StringComparer.Ordinal)
        );

    [Fact]
    public async Task Tus_Max_Size_must_be_a_non_negative_integer() =>
        Assert.Equal(1_000_000_000, long.Parse(await OptionAsync("Tus-Max-Size"), CultureInfo.InvariantCulture));

    [Fact]
    public async Task X_HTTP_Method_Override_must_be_the_method_and_the_actual_one_must_be_ignored()
    {
        string id = await Tus.CreatedAsync(Client, 10);
        using HttpResponseMessage patch = await SendAsync(
            "POST",
            id,
            [1, 2],
            "X-HTTP-Method-Override: PATCH",
            Offset(0)
        );
        Assert.Equal(HttpStatusCode.NoContent, patch.StatusCode);
        Assert.Equal(2, await Tus.OffsetAsync(Client, id));
        using HttpResponseMessage notDeleted = await SendAsync("DELETE", id, null, "X-HTTP-Method-Override: HEAD");
        Assert.Equal("2", One(notDeleted, "Upload-Offset"));
        using HttpResponseMessage deleted = await SendAsync("POST", id, null, "X-HTTP-Method-Override: DELETE");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using HttpResponseMessage gone = await SendAsync("HEAD", id);
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
    }

    // Requests: HEAD

    [Fact]
    public async Task HEAD_must_always_include_Upload_Offset_and_the_known_Upload_Length()
    {
        string id = await Tus.CreatedAsync(Client, 3);
        foreach (int offset in new[] { 0, 1, 2, 3 })
        {
            using HttpResponseMessage head = await SendAsync("HEAD", id);
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Equal($"{offset}", One(head, "Upload-Offset"));
            Assert.Equal("3", One(head, "Upload-Length"));
            if (offset < 3)
                (await SendAsync("PATCH", id, [1], Offset(offset))).Dispose();
        }
    }

    [Fact]
    public async Task HEAD_of_nothing_should_be_404_without_Upload_Offset()
    {
        using HttpResponseMessage head = await SendAsync("HEAD", new string('a', 32));
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        Assert.Null(One(head, "Upload-Offset"));
    }

    [Fact]
    public async Task HEAD_must_not_be_cached()
    {
        using HttpResponseMessage head = await SendAsync("HEAD", await Tus.CreatedAsync(Client, 3));
        Assert.Equal("no-store", One(head, "Cache-Control"));
        using HttpResponseMessage unknown = await SendAsync("HEAD", new string('a', 32));
        Assert.Equal("no-store", One(unknown, "Cache-Control"));
    }

    // Requests: PATCH

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    [InlineData("application/offset+octet-stream2")]
    public async Task PATCH_of_another_Content_Type_should_be_415(string type)
    {
        string id = await Tus.CreatedAsync(Client, 10);
        using HttpResponseMessage response = await Tus.PatchAsync(Client, id, 0, new ByteArrayContent([1]), type);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal(0, await Tus.OffsetAsync(Client, id));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(99)]
    public async Task Offsets_that_do_not_match_must_get_409_without_modifying_the_upload(int offset)
    {
        string id = await Tus.CreatedAsync(Client, 10);
        (await SendAsync("PATCH", id, [1, 2, 3, 4], Offset(0))).Dispose();
        using HttpResponseMessage response = await SendAsync("PATCH", id, [1], Offset(offset));
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(4, await Tus.OffsetAsync(Client, id));
    }

    [Fact]
    public async Task PATCH_must_be_acknowledged_with_204_and_the_sum_of_old_offset_and_received_bytes()
    {
        string id = await Tus.CreatedAsync(Client, 100);
        long expected = 0;
        foreach (int size in new[] { 1, 0, 49, 50 })
        {
            using HttpResponseMessage response = await SendAsync("PATCH", id, new byte[size], Offset(expected));
            expected += size;
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
            Assert.Equal(expected, Tus.OffsetOf(response));
        }
    }

    [Fact]
    public async Task PATCH_of_nothing_should_be_404()
    {
        using HttpResponseMessage response = await SendAsync("PATCH", new string('a', 32), [1], Offset(0));
        await Tus.AssertProblemAsync(response, 404, "unknown-upload");
    }

    // Requests: OPTIONS

    [Theory]
    [InlineData(null)]
    [InlineData("0.0.1")]
    public async Task OPTIONS_must_contain_Tus_Version_and_must_ignore_Tus_Resumable(string? version)
    {
        Client.DefaultRequestHeaders.Remove("Tus-Resumable");
        string id = new('0', 32);
        foreach (string? where in new[] { null, id })
        {
            using HttpResponseMessage response = await SendAsync(
                "OPTIONS",
                where,
                null,
                version is null ? [] : [$"Tus-Resumable: {version}"]
            );
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
            Assert.Equal("1.0.0", One(response, "Tus-Version"));
        }
    }
}
