using System.Text;
using Distribution.Contracts.Costs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary>The catalogue of contracts under which a report can be asked for.</summary>
internal static class ContractEndpoints
{
    public static void MapContracts(this RouteGroupBuilder v1)
    {
        v1.MapGet("/contracts", List)
            .WithName("ListContracts")
            .WithSummary("Contracts that a report can be asked for")
            .WithTags("Reports")
            .Produces<ContractResource[]>()
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        v1.MapGet("/contracts/{id}", Get)
            .WithName("GetContract")
            .WithSummary("A contract's file, to edit")
            .WithTags("Reports")
            .Produces(StatusCodes.Status200OK, contentType: "application/json")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult List([FromServices] DashboardOptions options) =>
        Results.Ok(options.Contracts.All.Select(static entry => ContractResource.Of(entry.Contract)).ToArray());

    private static IResult Get(string id, [FromServices] DashboardOptions options) =>
        options.Contracts.TryFind(id, out ContractDocument? entry)
            ? Results.Text(entry.Json, "application/json", Encoding.UTF8)
            : Problems.NoSuchContract(id);
}
