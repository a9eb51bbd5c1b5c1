using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Uploader;

/// <summary>netmon-archive as a program: its command line, and that it prints no credential, whatever a server answers.</summary>
public sealed class UploaderProgramTests : IDisposable
{
    private const string Key = "AKIDTESTTESTTEST";
    private const string Secret = "netmon/test+secret/4f9a8c7e";
    private const string Token = "netmon-test-session-token";
    private readonly CaptureFolder _capture = new();

    public UploaderProgramTests()
    {
        var sink = _capture.Open();
        sink.Write([Sample.Accept(Sample.Hour19)]);
        sink.Close();
    }

    public void Dispose() => _capture.Dispose();

    [Theory]
    [InlineData("--to s3://bucket", "--capture")]
    [InlineData("--capture {0}", "--to")]
    [InlineData("--capture {0} --to s3://bucket --nope", "--nope")]
    [InlineData("--capture {0} --to s3://bucket --bandwidth fast", "fast")]
    [InlineData("--capture {0} --to bucket", "s3://BUCKET")]
    [InlineData("--capture {0}/hot --to s3://bucket", "not a capture directory")]
    public async Task Wrong_usage_exits_with_2_and_a_message(string arguments, string why)
    {
        var result = await Run([], [.. arguments.Split(' ').Select(argument => argument.Replace("{0}", _capture.Path, StringComparison.Ordinal))]);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_not_an_error()
    {
        var result = await Run([], "--help");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("--capture", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_echoed_by_a_server_do_not_reach_the_log()
    {
        await using var server = await StartAsync($"no: {Key} {Secret} {Token} \u001b[2J{new string('x', 5000)}");
        var result = await Run(
            new()
            {
                ["AWS_ACCESS_KEY_ID"] = Key,
                ["AWS_SECRET_ACCESS_KEY"] = Secret,
                ["AWS_SESSION_TOKEN"] = Token,
                ["AWS_REGION"] = "eu-central-1",
                ["AWS_ENDPOINT_URL"] = server.Urls.Single(),
                ["AWS_EC2_METADATA_DISABLED"] = "true",
            },
            "--capture", _capture.Path, "--to", "s3://bucket", "--once");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("no: (hidden) (hidden) (hidden)", result.Error, StringComparison.Ordinal);
        Assert.All([Key, Secret, Token], secret => Assert.DoesNotContain(secret, result.Error, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', result.Error);
        Assert.All(result.Error.Split('\n'), line => Assert.InRange(line.Length, 0, 1200));
    }

    private static Task<ProgramOutput> Run(Dictionary<string, string> variables, params string[] arguments) => ProgramOutput.Of("netmon-archive", variables, arguments);

    /// <summary>An S3 server on its own port that answers everything with this error.</summary>
    private static async Task<WebApplication> StartAsync(string message)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.Run(async context =>
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            context.Response.ContentType = "application/xml";
            await context.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>Strange</Code><Message>{message.Replace("\u001b", "&#x9;", StringComparison.Ordinal)}</Message></Error>");
        });
        await server.StartAsync();
        return server;
    }
}
