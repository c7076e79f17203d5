using System.Net;
using System.Text;
using Distribution.Ingest.CdnLogs;

namespace Distribution.Ingest.Tests.CdnLogs;

/// <summary>Lines of each format, as their makers write them.</summary>
public sealed class AccessLogReaderTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private const string Other = "fedcba9876543210fedcba9876543210";
    private static readonly long Noon = new DateTimeOffset(2026, 11, 30, 12, 0, 1, TimeSpan.Zero).ToUnixTimeSeconds();

    private readonly AccessLogReader _reader = new();

    private static string Storage(
        string version = "1.0",
        string operation = "GetBlob",
        string status = "206",
        string bytes = "1048576",
        string query = ""
    ) =>
        $"{version};2026-11-30T12:00:01.1234567Z;{operation};AnonymousSuccess;{status};30;3;anonymous;;acct;blob;"
        + $"\"https://acct.blob.core.windows.net/distribution/bytes/{Id}{query}\";\"/acct/distribution/bytes/{Id}\";"
        + "6d7a-4;0;203.0.113.5:52000;2009-09-19;251;0;300;"
        + $"{bytes};0;;;\"&quot;0x8&quot;\";Monday, 30-Nov-26 11:00:00 GMT;;\"curl/8; x\";;"
        + (version == "2.0" ? ";;;;;;;;" : "");

    private static string Combined(
        string request = $"GET /distribution/bytes/{Id} HTTP/1.1",
        string status = "206",
        string bytes = "1048576",
        string time = "30/Nov/2026:13:00:01 +0100"
    ) => $"203.0.113.5 - - [{time}] \"{request}\" {status} {bytes} \"-\" \"libtorrent/2.0 \\\"x\\\"\"";

    private static string FrontDoor(string client = "true", string status = "\"206\"") =>
        "{\"time\":\"2026-11-30T12:00:01.5Z\",\"category\":\"FrontDoorAccessLog\",\"operationName\":\"Microsoft.Cdn/Profiles/AccessLog/Write\","
        + $"\"properties\":{{\"httpMethod\":\"GET\",\"requestUri\":\"https://cdn.example:443/distribution/bytes/{Id}\",\"requestBytes\":\"300\","
        + $"\"responseBytes\":\"1048576\",\"clientIp\":\"203.0.113.5\",\"httpStatusCode\":{status},\"isReceivedFromClient\":{client}}}}}";

    private static string Resource(string operation = "GetBlob", string size = "1048576") =>
        $"{{ \"time\": \"2026-11-30T12:00:01Z\", \"category\": \"StorageRead\", \"operationName\": \"{operation}\", \"statusCode\": 206, "
        + $"\"callerIpAddress\": \"203.0.113.5:52000\", \"uri\": \"https://acct.blob.core.windows.net:443/distribution/bytes/{Id}?sv=1\", "
        + $"\"properties\": {{ \"accountName\": \"acct\", \"responseHeaderSize\": 300, \"responseBodySize\": {size} }} }}";

    public static TheoryData<string> Good =>
        [
            Storage(),
            Storage("2.0"),
            Storage(query: "?a=1&amp;b=2"),
            Combined(),
            Combined() + "\r",
            Combined(request: $"GET https://cdn.example/bytes/{Id} HTTP/2.0"),
            FrontDoor(),
            FrontDoor(status: "206"),
            Resource(),
        ];

    [Theory]
    [MemberData(nameof(Good))]
    public void A_request_of_a_file_is_counted(string line)
    {
        Assert.Equal((LineVerdict.Counted, null), Read(line, out AccessLogLine read));
        Assert.Equal(new AccessLogLine(Noon, IPAddress.Parse("203.0.113.5"), Id, 1_048_576), read);
    }

    public static TheoryData<string> Others =>
        [
            Storage(operation: "PutBlob"),
            Storage(status: "404"),
            Storage(status: "", bytes: ""),
            Storage(bytes: "0"),
            Combined(request: $"HEAD /bytes/{Id} HTTP/1.1", bytes: "0"),
            Combined(request: "GET /bytes/../etc/passwd HTTP/1.1"),
            Combined(request: $"GET /webseed/{Id}/video.mp4 HTTP/1.1"),
            Combined(request: $"GET /bytes/{Id}0 HTTP/1.1"),
            Combined(request: "\\x16\\x03\\x01"),
            Combined(status: "416", bytes: "77"),
            Combined(bytes: "-", status: "304"),
            FrontDoor(client: "\"false\""),
            Resource(operation: "ListBlobs"),
            Resource(size: "0"),
        ];

    [Theory]
    [MemberData(nameof(Others))]
    public void Other_requests_are_of_no_file(string line) =>
        Assert.Equal((LineVerdict.Unknown, null), Read(line, out _));

    [Fact]
    public void W3c_lines_are_read_by_their_fields()
    {
        Assert.Equal(LineVerdict.Directive, Read("\uFEFF#Version: 1.0", out _).Verdict);
        Read(
            "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs-uri-stem sc-status cs(User-Agent) cs-uri-query sc-content-len",
            out _
        );
        string line =
            $"2026-11-30\t12:00:01\tFRA2\t1048900\t203.0.113.5\tGET\t/bytes/{Id}\t206\tUser Agent\t-\t1048576";
        Assert.Equal((LineVerdict.Counted, null), Read(line, out AccessLogLine read));
        Assert.Equal(new AccessLogLine(Noon, IPAddress.Parse("203.0.113.5"), Id, 1_048_576), read);
        // Broken off: more was promised than sent.
        Read(line.Replace("1048900", "500", StringComparison.Ordinal), out read);
        Assert.Equal(500, read.BodyBytes);

        Read("#Fields: c-ip date time cs-method cs-uri-stem cs-uri-query sc-status sc-bytes cs(Referer)", out _);
        Assert.Equal(
            (LineVerdict.Counted, null),
            Read($"2001:db8::7 2026-11-30 12:00:01 GET /bytes/{Id} file={Other} 200 99 \"a b\"", out read)
        );
        Assert.Equal(new AccessLogLine(Noon, IPAddress.Parse("2001:db8::7"), Other, 99), read);
        Assert.Equal(LineVerdict.Malformed, Read("2001:db8::7 2026-11-30", out _).Verdict);
    }

    [Fact]
    public void An_address_that_is_hidden_is_none()
    {
        Assert.Equal(
            LineVerdict.Counted,
            Read(Combined().Replace("203.0.113.5", "-", StringComparison.Ordinal), out AccessLogLine read).Verdict
        );
        Assert.Null(read.Address);
    }

    public static TheoryData<string> Bad =>
        [
            "no log at all",
            "{",
            "[1]",
            "{\"time\":\"2026-11-30T12:00:01Z\"}",
            "{\"time\":1}{}",
            Resource(size: "-1"),
            Resource(size: "1e9"),
            FrontDoor(status: "[]"),
            Storage().Replace("1.0;2026", "1.0;never", StringComparison.Ordinal),
            Storage(bytes: "many"),
            "1.0;2026-11-30T12:00:01Z;GetBlob",
            Combined(bytes: "99999999999999999999"),
            Combined(bytes: "-1"),
            Combined(time: "31/Nov/2026:12:00:00 +0000"),
            Combined(time: "30/Nov/1970:12:00:00 +0000"),
            Combined()[..^40],
            new string('x', AccessLogReader.MaxLineBytes + 1),
        ];

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_cannot_be_read_says_why(string line)
    {
        (LineVerdict verdict, string? problem) = Read(line, out _);
        Assert.Equal(LineVerdict.Malformed, verdict);
        Assert.NotEmpty(problem!);
    }

    [Fact]
    public void No_line_makes_it_throw()
    {
        var chance = new Random(7);
        string[] seeds =
        [
            Storage("2.0"),
            Combined(),
            FrontDoor(),
            Resource(),
            "#Fields: date time sc-bytes cs-uri-stem sc-status",
        ];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] line = Encoding.UTF8.GetBytes(seeds[chance.Next(seeds.Length)]);
            for (int changes = chance.Next(6); changes >= 0; changes--)
                line[chance.Next(line.Length)] = (byte)chance.Next(256);
            LineVerdict verdict = _reader.Read(
                line.AsSpan(0, chance.Next(line.Length + 1)),
                out _,
                out string? problem
            );
            Assert.Equal(verdict == LineVerdict.Malformed, problem is not null);
        }
    }

    [Fact]
    public void A_file_that_shares_bytes_is_told_apart_by_its_address()
    {
        Uri container = new("https://cdn.example/c/");
        Assert.Equal($"https://cdn.example/c/bytes/{Id}", BlobUrl.Of(container, $"bytes/{Id}", Id).AbsoluteUri);
        Uri shared = BlobUrl.Of(container, $"bytes/{Id}", Other);
        Assert.Equal(Id, BlobUrl.FileIdOf($"/c/bytes/{Id}"));
        Assert.Equal(Other, BlobUrl.FileIdOf(shared.PathAndQuery));
        Assert.Equal(Other, BlobUrl.FileIdOf($"bytes/{Id}?sig=1&file={Other}"));
        Assert.Equal(Id, BlobUrl.FileIdOf($"/bytes/{Id}?file=x"));
    }

    private (LineVerdict Verdict, string? Problem) Read(string line, out AccessLogLine read) =>
        (_reader.Read(Encoding.UTF8.GetBytes(line), out read, out string? problem), problem);
}
