using Distribution.Access.Tests.Hosting;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Access.Tests;

public class Probe(ServerHost host)
{
    [Fact]
    public void List()
    {
        File.WriteAllLines("/tmp/acc-endpoints.txt", host.Endpoints.Select(e => $"{string.Join(',', e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["*"])} {e.RoutePattern.RawText}"));
        Assert.NotEmpty(host.Endpoints);
    }
}
